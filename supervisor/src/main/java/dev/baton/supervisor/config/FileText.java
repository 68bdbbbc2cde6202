package dev.baton.supervisor.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a configuration file as text, with a bound on its size. */
final class FileText {

  static final int MAX_BYTES = 1 << 20;

  private static final String READABLE = "a readable file of at most 1 MiB";

  private FileText() {}

  /** The text, or empty after a problem was added. Never throws for what the file holds. */
  static Optional<String> read(Path file, Problems problems) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      problems.add(problems.place(0), "", reason(file, e), READABLE);
      return Optional.empty();
    }
    if (bytes.length > MAX_BYTES) {
      problems.add(problems.place(0), "", "a file of more than 1 MiB", READABLE);
      return Optional.empty();
    }
    return decode(bytes, problems);
  }

  private static Optional<String> decode(byte[] bytes, Problems problems) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      int wrong = bytes[in.position()] & 0xff;
      String found = String.format("a byte that is not UTF-8 (0x%02x)", wrong);
      problems.add(problems.place(lineAt(text, text.length())), "", found, "UTF-8 text");
      return Optional.empty();
    }
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\uFFFE' || c == '\uFFFF' || (Character.isISOControl(c) && !allowedControl(c))) {
        String found = String.format("a control character (U+%04X)", (int) c);
        problems.add(
            problems.place(lineAt(text, i)), "", found, "printable text, tabs and line ends");
        return Optional.empty();
      }
    }
    return Optional.of(text);
  }

  private static boolean allowedControl(char c) {
    return c == '\n' || c == '\r' || c == '\t' || c == '\u0085';
  }

  private static int lineAt(String text, int end) {
    return 1 + (int) text.chars().limit(end).filter(c -> c == '\n').count();
  }

  private static String reason(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "a file that this user may not read";
    }
    if (Files.isDirectory(file)) {
      return "a folder";
    }
    return "a file that cannot be read (" + Words.oneLine(String.valueOf(e.getMessage())) + ")";
  }
}
