package dev.baton.samples.hello;

import dev.baton.worker.WorkerIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One request and one answer of HTTP/1.1 ({@code RFC 9112}) per connection. Thread-safe. */
final class Greeting {
  private static final int MOST_HEAD_BYTES = 16 * 1024;
  private static final long MOST_SECONDS = 5;
  private static final String END_OF_HEAD = "\r\n\r\n";

  private final ByteBuffer answer;
  private final ByteBuffer tooLong = response("431 Request Header Fields Too Large", "{}\n");
  // Closing a channel wakes a thread that reads it, TCP or UNIX, where the latter has no timeout.
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "time-limit");
            thread.setDaemon(true);
            return thread;
          });

  Greeting(WorkerIdentity who) {
    timer.setRemoveOnCancelPolicy(true);
    answer =
        response(
            "200 OK",
            String.format(
                "{\"pool\":\"%s\",\"slot\":%d,\"generation\":%d,\"pid\":%d,\"run\":%d}%n",
                who.pool(),
                who.slot(),
                who.generation(),
                ProcessHandle.current().pid(),
                who.run()));
  }

  private static ByteBuffer response(String status, String json) {
    String text =
        ("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n")
            + ("Content-Length: " + json.length() + "\r\nConnection: close" + END_OF_HEAD + json);
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
  }

  /** Serves the connection and closes it; a client that is too slow is cut off. */
  void answer(SocketChannel client) {
    Future<?> limit = timer.schedule(() -> close(client), MOST_SECONDS, TimeUnit.SECONDS);
    try {
      ByteBuffer head = ByteBuffer.allocate(MOST_HEAD_BYTES);
      boolean complete = readHead(client, head);
      if (complete || !head.hasRemaining()) {
        ByteBuffer out = complete ? answer.duplicate() : tooLong.duplicate();
        while (out.hasRemaining()) {
          client.write(out);
        }
        if (!complete || !bodiless(head)) {
          discardRest(client);
        }
      }
    } catch (IOException e) {
      // The client is gone or was too slow: nobody is left to tell.
    } finally {
      limit.cancel(false);
      close(client);
    }
  }

  private static boolean readHead(SocketChannel client, ByteBuffer head) throws IOException {
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

  private static boolean bodiless(ByteBuffer head) {
    return text(head, 0).endsWith(END_OF_HEAD);
  }

  /** A close with unread bytes would reset the connection, maybe before the answer was read. */
  private static void discardRest(SocketChannel client) throws IOException {
    client.shutdownOutput();
    ByteBuffer rest = ByteBuffer.allocate(MOST_HEAD_BYTES);
    while (client.read(rest) >= 0) {
      rest.clear();
    }
  }

  private static void close(SocketChannel client) {
    try {
      client.close();
    } catch (IOException e) {
      // close(2) frees the descriptor whatever it returns
    }
  }
}
