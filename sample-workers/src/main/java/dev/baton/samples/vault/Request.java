package dev.baton.samples.vault;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * What a client wants.
 *
 * @param name the path of the target, decoded: {@code /a b/c}
 * @param withBody whether the file itself is wanted, and not only what HEAD tells
 */
record Request(String name, boolean withBody) {
  /**
   * Reads a head: the request line is {@code GET /a%20b HTTP/1.1}, and of the rest nothing matters
   * here. A query is left out.
   *
   * @param head the bytes as ISO-8859-1, the empty line included
   */
  static Request parse(String head) throws RefusedRequestException {
    String[] words = head.substring(0, head.indexOf("\r\n")).split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.") || !words[1].startsWith("/")) {
      throw new RefusedRequestException(Status.BAD_REQUEST);
    }
    if (!words[0].equals("GET") && !words[0].equals("HEAD")) {
      throw new RefusedRequestException(Status.METHOD_NOT_ALLOWED);
    }
    return new Request(decode(words[1].split("\\?", 2)[0]), words[0].equals("GET"));
  }

  private static String decode(String path) throws RefusedRequestException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        bytes.write(digit(path, i + 1) << 4 | digit(path, i + 2));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new RefusedRequestException(Status.BAD_REQUEST);
    }
  }

  private static int digit(String text, int at) throws RefusedRequestException {
    int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    if (digit < 0) {
      throw new RefusedRequestException(Status.BAD_REQUEST);
    }
    return digit;
  }
}
