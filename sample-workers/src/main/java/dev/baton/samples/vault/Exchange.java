package dev.baton.samples.vault;

import dev.baton.worker.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One request and one answer of HTTP/1.1 (RFC 9112) on a connection of its own. */
final class Exchange {
  private static final int MOST_HEAD_BYTES = 16 * 1024;
  private static final int PIECE = 64 * 1024;
  private static final long MOST_SECONDS = 10;
  private static final String END_OF_LINE = "\r\n";
  private static final String END_OF_HEAD = END_OF_LINE + END_OF_LINE;

  private final Connection connection;
  private final SocketChannel client;
  private final Vault vault;
  private final TimeLimit limit;

  Exchange(Connection connection, Vault vault, TimeLimit limit) {
    this.connection = connection;
    this.client = connection.channel();
    this.vault = vault;
    this.limit = limit;
  }

  /** Serves the connection and closes it; a client that is too slow is cut off. */
  void serve() {
    try (connection) {
      ByteBuffer head = ByteBuffer.allocate(MOST_HEAD_BYTES);
      boolean whole = inTime(() -> readHead(head));
      if (whole) {
        answer(text(head, 0));
      } else if (!head.hasRemaining()) {
        refuse(Status.TOO_LARGE, true);
      }
      if (!text(head, 0).endsWith(END_OF_HEAD)) {
        inTime(this::discardRest);
      }
    } catch (IOException e) {
      // The client is gone or was too slow: nobody is left to tell.
    }
  }

  private <T> T inTime(TimeLimit.Step<T> step) throws IOException {
    return limit.within(MOST_SECONDS, client, step);
  }

  private boolean readHead(ByteBuffer head) throws IOException {
    while (head.hasRemaining()) {
      int from = Math.max(0, head.position() - END_OF_HEAD.length());
      if (client.read(head) < 0) {
        return false;
      }
      if (text(head, from).contains(END_OF_HEAD)) {
        return true;
      }
    }
    return false;
  }

  private static String text(ByteBuffer head, int from) {
    return new String(head.array(), from, head.position() - from, StandardCharsets.ISO_8859_1);
  }

  private void answer(String head) throws IOException {
    boolean withBody = true;
    try {
      Request request = Request.parse(head);
      withBody = request.withBody();
      try (FileChannel file = vault.open(request.name())) {
        send(file, withBody);
      }
    } catch (RefusedRequestException e) {
      refuse(e.status(), withBody);
    }
  }

  private void refuse(Status status, boolean withBody) throws IOException {
    byte[] words = (status.line() + "\n").getBytes(StandardCharsets.US_ASCII);
    writeHead(status, "text/plain", words.length);
    if (withBody) {
      write(ByteBuffer.wrap(words));
    }
  }

  /** As long as the file was at first; if it gets shorter, the client sees that the end lacks. */
  private void send(FileChannel file, boolean withBody) throws IOException {
    long length = file.size();
    writeHead(Status.OK, "application/octet-stream", length);
    for (long at = 0; withBody && at < length; ) {
      long from = at;
      long piece = Math.min(PIECE, length - at);
      long sent = inTime(() -> file.transferTo(from, piece, client));
      if (sent == 0 && file.size() <= at) {
        throw new IOException("the file became shorter");
      }
      at += sent;
    }
  }

  private void writeHead(Status status, String type, long length) throws IOException {
    String head =
        ("HTTP/1.1 " + status.line() + END_OF_LINE + status.header())
            + ("Content-Type: " + type + END_OF_LINE + "Content-Length: " + length)
            + (END_OF_LINE + "Connection: close" + END_OF_HEAD);
    write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
  }

  private void write(ByteBuffer out) throws IOException {
    while (out.hasRemaining()) {
      inTime(() -> client.write(out));
    }
  }

  /** A close with unread bytes would reset the connection, maybe before the answer was read. */
  private boolean discardRest() throws IOException {
    client.shutdownOutput();
    ByteBuffer rest = ByteBuffer.allocate(MOST_HEAD_BYTES);
    while (client.read(rest) >= 0) {
      rest.clear();
    }
    return true;
  }
}
