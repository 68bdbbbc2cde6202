package dev.baton.supervisor.openserver.service;

import java.util.Arrays;

/** Takes the lines of one client apart. It holds no memory while it holds no bytes. */
final class LineBuffer {
  private static final byte[] EMPTY = {};

  private final int longest;
  private byte[] bytes = EMPTY;
  private int start;
  private int end;

  /** Up to where there is no newline, as far as is known. */
  private int searched;

  /**
   * @param longest bytes of a line, its newline included
   */
  LineBuffer(int longest) {
    this.longest = longest;
  }

  void add(byte[] more) {
    int held = end - start;
    if (bytes.length - end < more.length) {
      // Doubled, so that who sends byte by byte does not have us copy his line each time.
      byte[] room = new byte[Math.max(held + more.length, Math.min(2 * held, 2 * longest))];
      System.arraycopy(bytes, start, room, 0, held);
      bytes = room;
      searched -= start;
      start = 0;
      end = held;
    }
    System.arraycopy(more, 0, bytes, end, more.length);
    end += more.length;
  }

  /** The next line without its newline; {@code null} when there is none, or a long one. */
  byte[] next() {
    while (searched < end && !tooLong() && bytes[searched] != '\n') {
      searched++;
    }
    if (searched == end || tooLong()) {
      return null;
    }
    byte[] line = Arrays.copyOfRange(bytes, start, searched);
    start = ++searched;
    if (start == end) {
      clear();
    }
    return line;
  }

  /** Whether the next line is longer than it may be. */
  boolean tooLong() {
    return searched - start >= longest;
  }

  /** Bytes of memory. */
  int size() {
    return bytes.length;
  }

  void clear() {
    bytes = EMPTY;
    start = 0;
    end = 0;
    searched = 0;
  }
}
