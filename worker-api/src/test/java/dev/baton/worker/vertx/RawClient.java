package dev.baton.worker.vertx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection, with HTTP/1.1 as it is on the wire. Reads fail after ten seconds. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final SocketChannel channel;
  private final Selector selector;
  private final InputStream in;

  /** A response: its head, and a body with a content length or chunks. */
  record Answer(String head, String body) {
    boolean announcesClose() {
      return head.toLowerCase().contains("connection: close");
    }
  }

  RawClient(SocketAddress address) throws IOException {
    channel = SocketChannel.open(address);
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
    in = Channels.newInputStream(new Patient());
  }

  RawClient send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return this;
  }

  static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
  }

  Answer ask(String path) throws IOException {
    return send(get(path)).answer();
  }

  Answer answer() throws IOException {
    String head = head();
    String lower = head.toLowerCase();
    if (lower.contains("transfer-encoding: chunked")) {
      StringBuilder body = new StringBuilder();
      for (String chunk; !(chunk = chunk()).isEmpty(); ) {
        body.append(chunk);
      }
      return new Answer(head, body.toString());
    }
    int at = lower.indexOf("content-length: ");
    int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
    return new Answer(head, exactly(length));
  }

  /** The next head, without the rest of its response. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append(exactly(1));
    }
    return head.toString();
  }

  /** The next chunk of a chunked body; empty for the last. */
  String chunk() throws IOException {
    StringBuilder size = new StringBuilder();
    while (size.indexOf("\r\n") < 0) {
      size.append(exactly(1));
    }
    String data = exactly(Integer.parseInt(size.toString().trim(), 16));
    exactly(2);
    return data;
  }

  private String exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the server closed after " + new String(bytes, ISO_8859_1));
    }
    return new String(bytes, ISO_8859_1);
  }

  /** Everything until the server closes. */
  String rest() throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    in.transferTo(rest);
    return rest.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }

  private final class Patient implements java.nio.channels.ReadableByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      for (int n; ; ) {
        if ((n = channel.read(target)) != 0) {
          return n;
        }
        if (selector.select(PATIENCE_MILLIS) == 0) {
          throw new IOException("nothing came in " + PATIENCE_MILLIS + " ms");
        }
        selector.selectedKeys().clear();
      }
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
