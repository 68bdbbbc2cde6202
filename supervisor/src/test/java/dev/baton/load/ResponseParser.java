package dev.baton.load;

import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads one HTTP/1.x response from bytes as they come (RFC 9112). Knows bodies with a {@code
 * Content-Length}, chunked ones, and ones that end with the connection, the last only where the
 * response announced the close. Interim (1xx) responses are skipped.
 *
 * <p>Strict: whatever is malformed is a {@link ProtocolException}, after which the parser must not
 * be fed again. Not for use by several threads at once.
 */
public final class ResponseParser {
  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_HEADERS = 200;
  private static final int MAX_KEPT_BODY = 16 * 1024 * 1024;

  private enum State {
    STATUS,
    HEADERS,
    FIXED,
    UNTIL_EOF,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS,
    COMPLETE
  }

  private final boolean keepBody;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final StringBuilder line = new StringBuilder();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private State state = State.STATUS;
  private boolean started;
  private int lines;
  private int status;
  private boolean oldVersion;
  private long left;

  /**
   * Makes a parser for one response.
   *
   * @param keepBody whether {@link #body} is wanted; at most 16 MiB are kept
   */
  public ResponseParser(boolean keepBody) {
    this.keepBody = keepBody;
  }

  /**
   * Takes bytes up to the end of the response; what comes after it stays in the buffer.
   *
   * @return whether the response is whole
   * @throws ProtocolException if this is no HTTP/1.x response
   */
  public boolean feed(ByteBuffer bytes) throws ProtocolException {
    while (bytes.hasRemaining() && state != State.COMPLETE) {
      started = true;
      switch (state) {
        case FIXED, CHUNK_DATA -> takeBody(bytes, (int) Math.min(left, bytes.remaining()));
        case UNTIL_EOF -> takeBody(bytes, bytes.remaining());
        default -> takeByte((char) (bytes.get() & 0xff));
      }
    }
    return state == State.COMPLETE;
  }

  /**
   * Tells that the connection has ended.
   *
   * @return whether the response is whole, which only a body that lasts until end-of-file becomes
   *     by this
   */
  public boolean endOfFile() {
    if (state == State.UNTIL_EOF) {
      state = State.COMPLETE;
    }
    return state == State.COMPLETE;
  }

  /** Whether any byte has come. */
  public boolean started() {
    return started;
  }

  /** The status code, once the status line was read. */
  public int status() {
    return status;
  }

  /** The headers, by name without regard to case; those that came twice are joined with a comma. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The body as far as it was read; empty unless it was asked for. */
  public byte[] body() {
    return body.toByteArray();
  }

  /** Whether the server said that it closes the connection after this response. */
  public boolean announcesClose() {
    for (var option : headers.getOrDefault("Connection", "").split(",")) {
      switch (option.trim().toLowerCase(Locale.ROOT)) {
        case "close":
          return true;
        case "keep-alive":
          return false;
        default:
      }
    }
    return oldVersion;
  }

  private void takeBody(ByteBuffer bytes, int count) throws ProtocolException {
    if (keepBody) {
      if (body.size() + count > MAX_KEPT_BODY) {
        throw new ProtocolException("the body is longer than " + MAX_KEPT_BODY + " bytes");
      }
      for (int i = 0; i < count; i++) {
        body.write(bytes.get());
      }
    } else {
      bytes.position(bytes.position() + count);
    }
    if (state == State.UNTIL_EOF) {
      return;
    }
    left -= count;
    if (left == 0) {
      state = state == State.FIXED ? State.COMPLETE : State.CHUNK_END;
    }
  }

  private void takeByte(char c) throws ProtocolException {
    if (c != '\n') {
      if (line.length() == MAX_LINE) {
        throw new ProtocolException("a line is longer than " + MAX_LINE + " bytes");
      }
      line.append(c);
      // Garbage without a line end must not wait for the deadline to be noticed.
      if (state == State.STATUS && line.length() <= 5 && !"HTTP/".startsWith(line.toString())) {
        throw new ProtocolException("not an HTTP response: it begins with " + quote(line));
      }
      return;
    }
    int end = line.length();
    if (end > 0 && line.charAt(end - 1) == '\r') {
      end--;
    }
    var text = line.substring(0, end);
    line.setLength(0);
    takeLine(text);
  }

  private void takeLine(String text) throws ProtocolException {
    switch (state) {
      case STATUS -> takeStatus(text);
      case HEADERS -> {
        if (text.isEmpty()) {
          headersEnded();
        } else {
          takeHeader(text);
        }
      }
      case CHUNK_SIZE -> {
        left = parseSize(text.split(";", 2)[0].trim(), 16);
        state = left == 0 ? State.TRAILERS : State.CHUNK_DATA;
      }
      case CHUNK_END -> {
        if (!text.isEmpty()) {
          throw new ProtocolException("no line end after a chunk, but " + quote(text));
        }
        state = State.CHUNK_SIZE;
      }
      case TRAILERS -> {
        if (text.isEmpty()) {
          state = State.COMPLETE;
        }
      }
      default -> throw new IllegalStateException(state.name());
    }
  }

  private void takeStatus(String text) throws ProtocolException {
    if (!text.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new ProtocolException("not a status line: " + quote(text));
    }
    oldVersion = text.charAt(7) == '0';
    status = Integer.parseInt(text.substring(9, 12));
    state = State.HEADERS;
  }

  private void takeHeader(String text) throws ProtocolException {
    int colon = text.indexOf(':');
    if (colon < 1 || ++lines > MAX_HEADERS) {
      throw new ProtocolException("not a header, or too many of them: " + quote(text));
    }
    headers.merge(
        text.substring(0, colon), text.substring(colon + 1).trim(), (a, b) -> a + ", " + b);
  }

  private void headersEnded() throws ProtocolException {
    var length = headers.get("Content-Length");
    if (status < 200) {
      headers.clear();
      state = State.STATUS;
    } else if (status == 204 || status == 304) {
      state = State.COMPLETE;
    } else if (headers.containsKey("Transfer-Encoding")) {
      if (!headers.get("Transfer-Encoding").equalsIgnoreCase("chunked")) {
        throw new ProtocolException("unknown coding: " + quote(headers.get("Transfer-Encoding")));
      }
      state = State.CHUNK_SIZE;
    } else if (length != null) {
      left = parseSize(length, 10);
      state = left == 0 ? State.COMPLETE : State.FIXED;
    } else if (announcesClose()) {
      state = State.UNTIL_EOF;
    } else {
      throw new ProtocolException("neither a length nor an announced close ends the body");
    }
  }

  private static long parseSize(String text, int radix) throws ProtocolException {
    try {
      if (!text.startsWith("+") && !text.startsWith("-")) {
        return Long.parseLong(text, radix);
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for every kind of bad number.
    }
    throw new ProtocolException("not a length: " + quote(text));
  }

  private static String quote(CharSequence text) {
    var printable = text.toString().replaceAll("[^ -~]", "?");
    return '"' + (printable.length() > 60 ? printable.substring(0, 60) + "..." : printable) + '"';
  }
}
