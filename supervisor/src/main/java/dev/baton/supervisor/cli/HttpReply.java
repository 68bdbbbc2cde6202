package dev.baton.supervisor.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The answer to one request of HTTP/1.1 (RFC 9112), its body still to be read. Bounded: a head has
 * at most 100 lines of 8 KiB.
 *
 * @param status such as 200
 * @param body without framing; ends with the answer
 */
record HttpReply(int status, InputStream body) {

  private static final int LONGEST_LINE = 8 << 10;
  private static final int MOST_LINES = 100;

  static HttpReply read(InputStream in) throws IOException {
    String first = line(in);
    if (!first.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?")) {
      throw new IOException("not an HTTP answer");
    }
    int status = Integer.parseInt(first.substring(9, 12));
    Map<String, String> headers = headers(in);
    if (status == 100) {
      return read(in);
    }
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return new HttpReply(status, new Chunked(in));
    }
    String length = headers.get("content-length");
    if (length == null) {
      return new HttpReply(status, in);
    }
    return new HttpReply(status, new Sized(in, number(length, 10)));
  }

  private static Map<String, String> headers(InputStream in) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (int lines = 0; lines < MOST_LINES; lines++) {
      String line = line(in);
      if (line.isEmpty()) {
        return headers;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    throw new IOException("the head of the answer is too long");
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the supervisor closed the connection");
      }
      if (line.length() >= LONGEST_LINE) {
        throw new IOException("the head of the answer is too long");
      }
      line.append((char) c);
    }
    int end = line.length();
    return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
  }

  private static long number(String text, int radix) throws IOException {
    try {
      long number = Long.parseLong(text, radix);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IOException("a bad length in the answer: " + text, e);
    }
    throw new IOException("a bad length in the answer: " + text);
  }

  /** The next so many bytes. */
  private static class Sized extends InputStream {

    private final InputStream in;
    private long left;

    Sized(InputStream in, long left) {
      this.in = in;
      this.left = left;
    }

    /** What follows when nothing is left; 0: the end. */
    long next() throws IOException {
      return 0;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0) {
        left = next();
        if (left == 0) {
          return -1;
        }
      }
      int count = in.read(into, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the supervisor closed the connection within an answer");
      }
      left -= count;
      return count;
    }
  }

  /** Chunk after chunk (RFC 9112, 7.1); trailers are left unread. */
  private static final class Chunked extends Sized {

    private final InputStream in;
    private boolean started;
    private boolean ended;

    Chunked(InputStream in) {
      super(in, 0);
      this.in = in;
    }

    @Override
    long next() throws IOException {
      if (ended) {
        return 0;
      }
      if (started && !line(in).isEmpty()) {
        throw new IOException("a chunk of the answer is not as long as it says");
      }
      started = true;
      long size = number(line(in).split(";", 2)[0].strip(), 16);
      ended = size == 0;
      return size;
    }
  }
}
