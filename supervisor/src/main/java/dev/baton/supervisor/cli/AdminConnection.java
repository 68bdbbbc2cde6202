package dev.baton.supervisor.cli;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One connection to an admin socket, for one exchange of HTTP/1.1 (RFC 9112). Every wait for the
 * other side has a deadline. Not thread-safe.
 */
final class AdminConnection implements Closeable {

  // Restarts are silent for 20 seconds at most.
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final SocketChannel channel;
  private final Selector selector;
  private final Duration silence;

  private AdminConnection(SocketChannel channel, Selector selector, Duration silence) {
    this.channel = channel;
    this.selector = selector;
    this.silence = silence;
  }

  static AdminConnection open(Path socket) throws IOException {
    return open(socket, SILENCE);
  }

  static AdminConnection open(Path socket, Duration silence) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Selector selector = null;
    try {
      // Blocking: a connect to a UNIX socket does not wait for the other side's accept.
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      selector = Selector.open();
      channel.register(selector, SelectionKey.OP_READ);
      return new AdminConnection(channel, selector, silence);
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  /** Whether somebody listens on the socket. */
  static boolean answers(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Sends a request and reads the head of the answer; its body is read from this connection as it
   * is asked for.
   */
  HttpReply exchange(String method, String path, String body) throws IOException {
    return exchange(method, path, body, "");
  }

  /** Asks for server-sent events. */
  HttpReply follow(String path) throws IOException {
    return exchange("GET", path, "", "Accept: text/event-stream\r\n");
  }

  private HttpReply exchange(String method, String path, String body, String more)
      throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        method
            + ' '
            + path
            + " HTTP/1.1\r\nHost: baton\r\nConnection: close\r\n"
            + more
            + (content.length == 0
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n")
            + "\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(head.getBytes(StandardCharsets.US_ASCII));
    request.write(content);
    // Small enough for the buffer of any socket.
    ByteBuffer bytes = ByteBuffer.wrap(request.toByteArray());
    channel.write(bytes);
    if (bytes.hasRemaining()) {
      throw new IOException("the supervisor does not read");
    }
    return HttpReply.read(new Input());
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }

  /** Reads with a deadline. */
  private final class Input extends InputStream {

    private final ByteBuffer buffer = ByteBuffer.allocate(8 << 10).limit(0);

    @Override
    public int read() throws IOException {
      return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, buffer.remaining());
      buffer.get(into, offset, count);
      return count;
    }

    private boolean fill() throws IOException {
      long deadline = System.nanoTime() + silence.toNanos();
      while (!buffer.hasRemaining()) {
        buffer.clear();
        int count = channel.read(buffer);
        buffer.flip();
        if (count < 0) {
          return false;
        }
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (count == 0 && left <= 0) {
          throw new EOFException("no answer for " + silence.toSeconds() + " seconds");
        }
        if (count == 0) {
          selector.select(left);
          selector.selectedKeys().clear();
        }
      }
      return true;
    }
  }
}
