package dev.baton.supervisor.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * SHA-256 of files, remembered while a file looks the same. Not thread-safe.
 *
 * <p>A file that changed a moment ago is not remembered: a second change within the resolution of
 * its time stamp would go unseen.
 */
final class ContentHashes {
  /** Above the resolution of the time stamps of every file system in use. */
  static final Duration SETTLED = Duration.ofSeconds(2);

  private static final int MOST = 4096;

  /** What a file looks like without reading it. */
  private record Look(Map<String, Object> attributes) {}

  private record Known(Look look, String hash) {}

  private final Map<Path, Known> known = new HashMap<>();
  private final Duration settled;
  private long bytesRead;

  /**
   * An empty memory.
   *
   * @param settled how old a file's last change must be for the file to be remembered
   */
  ContentHashes(Duration settled) {
    this.settled = settled;
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The hash of a file's contents, in hexadecimal digits. */
  String of(Path file) throws IOException {
    Look look = look(file);
    Known before = known.get(file);
    if (before != null && before.look().equals(look)) {
      return before.hash();
    }
    String hash = copy(file, OutputStream.nullOutputStream());
    if (known.size() >= MOST) {
      known.clear();
    }
    if (isSettled(look) && look.equals(look(file))) {
      known.put(file, new Known(look, hash));
    } else {
      known.remove(file);
    }
    return hash;
  }

  /** Copies a file and returns the hash of what was copied. */
  String copy(Path file, OutputStream target) throws IOException {
    MessageDigest digest = digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      bytesRead += in.transferTo(target);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Forgets a file that turned out to be another than it looked. */
  void forget(Path file) {
    known.remove(file);
  }

  /** How many bytes were read so far, to see what the memory saves. */
  long bytesRead() {
    return bytesRead;
  }

  private static Look look(Path file) throws IOException {
    return new Look(Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,dev"));
  }

  private boolean isSettled(Look look) {
    Instant changed = Instant.parse(look.attributes().get("ctime").toString());
    return changed.plus(settled).isBefore(Instant.now());
  }
}
