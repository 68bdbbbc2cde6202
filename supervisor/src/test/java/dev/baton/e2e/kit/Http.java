package dev.baton.e2e.kit;

import dev.baton.load.ResponseParser;
import dev.baton.load.Target;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * One HTTP request over a connection of its own, TCP or UNIX-domain, which {@code java.net.http}
 * cannot do.
 */
public final class Http {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * A whole response.
   *
   * @param status the status code
   * @param headers by name, without regard to case
   * @param body as UTF-8
   */
  public record Response(int status, Map<String, String> headers, String body) {}

  private Http() {}

  /** GET within 10 seconds. */
  public static Response get(Target target, String path) throws IOException {
    return request(target, "GET", path, "", TIMEOUT);
  }

  /**
   * Sends one request and reads the response.
   *
   * @throws SocketTimeoutException if it is not whole in time
   * @throws EOFException if the server closed the connection before
   * @throws IOException for whatever else went wrong; its message is that of the system
   */
  public static Response request(
      Target target, String method, String path, String body, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    var payload = body.getBytes(StandardCharsets.UTF_8);
    var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + target.host());
    head.append("\r\nConnection: close\r\n");
    if (payload.length > 0) {
      head.append("Content-Type: application/json\r\n");
    }
    if (payload.length > 0 || !method.equals("GET")) {
      head.append("Content-Length: ").append(payload.length).append("\r\n");
    }
    var start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    var out = ByteBuffer.allocate(start.length + payload.length).put(start).put(payload).flip();
    try (var selector = Selector.open();
        var channel = SocketChannel.open(target.family())) {
      channel.configureBlocking(false);
      var key = channel.register(selector, SelectionKey.OP_CONNECT);
      for (boolean up = channel.connect(target.address()); !up; up = channel.finishConnect()) {
        await(selector, deadline, "not connected to " + target.name());
      }
      key.interestOps(SelectionKey.OP_WRITE);
      while (channel.write(out) >= 0 && out.hasRemaining()) {
        await(selector, deadline, "the request to " + target.name() + " was not taken");
      }
      key.interestOps(SelectionKey.OP_READ);
      return read(channel, selector, deadline, target.name());
    }
  }

  private static Response read(SocketChannel channel, Selector selector, long deadline, String name)
      throws IOException {
    var parser = new ResponseParser(true);
    var buffer = ByteBuffer.allocate(16 * 1024);
    while (true) {
      int count = channel.read(buffer.clear());
      if (count > 0 && parser.feed(buffer.flip()) || count < 0 && parser.endOfFile()) {
        var body = new String(parser.body(), StandardCharsets.UTF_8);
        return new Response(parser.status(), parser.headers(), body);
      }
      if (count < 0) {
        var when = parser.started() ? "in the middle of" : "before";
        throw new EOFException("end-of-file " + when + " the response from " + name);
      }
      if (count == 0) {
        await(selector, deadline, "no whole response from " + name);
      }
    }
  }

  private static void await(Selector selector, long deadline, String otherwise) throws IOException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException(otherwise);
    }
    selector.select(millis);
    selector.selectedKeys().clear();
  }
}
