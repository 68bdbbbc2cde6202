package dev.baton.supervisor.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a client of the TCP side has to show, since a TCP connection does not tell who connects. It
 * is in a file that only the supervisor's user may read. Immutable.
 */
final class AdminToken {
  private static final String SCHEME = "Bearer ";
  private static final int BYTES = 24;
  private static final int SHORTEST = 16;
  private static final int LONGEST_FILE = 4096;
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final byte[] expected;

  private AdminToken(String token) {
    this.expected = (SCHEME + token).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads the token; a file that is not there is made with a random one.
   *
   * @throws IOException for the operator: what is wrong with the file
   */
  static AdminToken in(Path file) throws IOException {
    try {
      make(file);
    } catch (FileAlreadyExistsException e) {
      // The usual case from the second start on.
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("the token file " + file + " is not a file");
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new IOException(
          "the token file %s has permissions %s: others must neither read nor write it (chmod 600)"
              .formatted(file, PosixFilePermissions.toString(permissions)));
    }
    if (Files.size(file) > LONGEST_FILE) {
      throw new IOException(
          "the token file " + file + " is longer than " + LONGEST_FILE + " bytes");
    }
    String token = Files.readString(file, StandardCharsets.UTF_8).strip();
    if (token.length() < SHORTEST || !token.matches("[!-~]+")) {
      throw new IOException(
          "the token file "
              + file
              + " needs one line of at least "
              + SHORTEST
              + " visible ASCII characters");
    }
    return new AdminToken(token);
  }

  private static void make(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, token, StandardOpenOption.WRITE);
  }

  /**
   * Whether a client may act. Takes the same time wherever they differ.
   *
   * @param authorization the header's value; null without
   */
  boolean admits(String authorization) {
    return authorization != null
        && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.UTF_8));
  }
}
