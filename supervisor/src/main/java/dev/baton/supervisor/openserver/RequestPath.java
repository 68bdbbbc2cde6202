package dev.baton.supervisor.openserver;

import java.util.Arrays;

/**
 * A path that may be asked for, checked before any policy or the kernel sees it.
 *
 * <p>Not a {@link java.nio.file.Path}: what was asked for is not to be made plain, and every open
 * comes by here.
 */
final class RequestPath {
  /** Bytes of a path ({@code PATH_MAX} without its final NUL). */
  static final int MOST_BYTES = 4095;

  private static final byte[] HERE = {'.'};

  private final String text;
  private final byte[] bytes;

  private RequestPath(String text, byte[] bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /**
   * Checks a path, and takes off the slash at the end of a directory.
   *
   * @param directory whether a slash may be there
   * @throws Refusal when it is not absolute, not in its plainest form, too long, or no Unicode
   */
  static RequestPath of(String path, boolean directory) throws Refusal {
    if (path.isEmpty() || path.charAt(0) != '/') {
      throw Refusal.badRequest("a path must be absolute");
    }
    byte[] bytes = path.length() > MOST_BYTES ? null : bytes(path);
    if (bytes == null || bytes.length > MOST_BYTES) {
      throw Refusal.badRequest("a path has at most " + MOST_BYTES + " bytes");
    }
    boolean slash = path.length() > 1 && path.charAt(path.length() - 1) == '/';
    if (slash && !directory) {
      throw Refusal.badRequest("a path that ends with / is a directory, and none is asked for");
    }
    String plain = slash ? path.substring(0, path.length() - 1) : path;
    if (plain.length() > 1) {
      checkNames(plain);
    }
    return new RequestPath(plain, slash ? Arrays.copyOf(bytes, bytes.length - 1) : bytes);
  }

  /** The path without a slash at its end, unless it is the root of all. */
  String text() {
    return text;
  }

  /** UTF-8 of what follows a folder of so many bytes and a slash; {@code .} for the folder. */
  byte[] below(int folder) {
    return bytes.length <= folder + 1 ? HERE : Arrays.copyOfRange(bytes, folder + 1, bytes.length);
  }

  private static void checkNames(String path) throws Refusal {
    int from = 1;
    for (int i = 1; i <= path.length(); i++) {
      char c = i == path.length() ? '/' : path.charAt(i);
      if (c == 0) {
        throw Refusal.badRequest("a path has no NUL");
      }
      if (c == '/') {
        int length = i - from;
        boolean dots = length <= 2 && path.startsWith(length == 2 ? ".." : ".", from);
        if (length == 0 || dots) {
          throw Refusal.badRequest("a path has no empty, \".\" or \"..\" component");
        }
        from = i + 1;
      }
    }
  }

  /** Strict UTF-8 of a text. */
  static byte[] bytes(String text) throws Refusal {
    int length = text.length();
    byte[] target = new byte[length];
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return further(text, i, Arrays.copyOf(target, 3 * length));
      }
      target[i] = (byte) c;
    }
    return target;
  }

  private static byte[] further(String text, int start, byte[] target) throws Refusal {
    int at = start;
    for (int i = start; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c < 0x80) {
        target[at++] = (byte) c;
      } else if (c < 0x800) {
        target[at++] = (byte) (0xc0 | c >> 6);
        target[at++] = (byte) (0x80 | c & 0x3f);
      } else if (c < 0x10000) {
        if (Character.getType(c) == Character.SURROGATE) {
          throw Refusal.badRequest("a path is Unicode, without half a surrogate pair");
        }
        target[at++] = (byte) (0xe0 | c >> 12);
        target[at++] = (byte) (0x80 | c >> 6 & 0x3f);
        target[at++] = (byte) (0x80 | c & 0x3f);
      } else {
        target[at++] = (byte) (0xf0 | c >> 18);
        target[at++] = (byte) (0x80 | c >> 12 & 0x3f);
        target[at++] = (byte) (0x80 | c >> 6 & 0x3f);
        target[at++] = (byte) (0x80 | c & 0x3f);
      }
    }
    return Arrays.copyOf(target, at);
  }
}
