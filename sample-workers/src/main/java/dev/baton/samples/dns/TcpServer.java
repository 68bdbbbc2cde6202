package dev.baton.samples.dns;

import dev.baton.worker.Connection;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Queries over TCP, for answers that a datagram cannot hold: each with its length before it, any
 * number on one connection (RFC 1035, 4.2.2; RFC 7766). Thread-safe.
 */
final class TcpServer {
  private static final int MOST_QUERY_BYTES = 4096;
  private static final int MOST_ANSWER_BYTES = 65_535;
  private static final long MOST_SECONDS = 5;

  private final Responder responder;
  private volatile boolean stopping;

  TcpServer(Responder responder) {
    this.responder = responder;
  }

  /** Serves a connection until the client ends it, is silent for too long, or sends junk. */
  void serve(Connection connection) throws IOException {
    try (connection) {
      byte[] length = new byte[Short.BYTES];
      ByteBuffer out = ByteBuffer.allocate(MOST_ANSWER_BYTES);
      while (!stopping) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        if (!read(connection.channel(), length, deadline)) {
          return;
        }
        int bytes = ByteBuffer.wrap(length).getShort() & 0xffff;
        byte[] query = new byte[Math.min(bytes, MOST_QUERY_BYTES)];
        if (bytes > query.length
            || !read(connection.channel(), query, deadline)
            || !responder.answer(ByteBuffer.wrap(query), out, true)) {
          return;
        }
        send(connection.channel(), out);
      }
    }
  }

  private static boolean read(SocketChannel from, byte[] into, long deadline) throws IOException {
    Socket socket = from.socket(); // its stream has a timeout, which the channel has not
    InputStream in = socket.getInputStream();
    try {
      for (int count = 0, got; count < into.length; count += got) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        socket.setSoTimeout((int) Math.max(1, millis));
        got = in.read(into, count, into.length - count);
        if (got < 0) {
          return false;
        }
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private static void send(SocketChannel to, ByteBuffer out) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Short.BYTES).putShort((short) out.remaining()).flip();
    ByteBuffer[] message = {length, out};
    while (out.hasRemaining()) {
      to.write(message);
    }
  }

  /** Lets each connection end after the answer that it has under way, or its time. */
  void stop() {
    stopping = true;
  }
}
