package dev.baton.benchmarks.plugin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One request, one response, and the end of the connection. */
final class Answer {
  private static final int MOST_REQUEST_BYTES = 4096;
  private static final byte[] RESPONSE =
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final ThreadLocal<Answer> OF_THREAD = ThreadLocal.withInitial(Answer::new);

  private final ByteBuffer request = ByteBuffer.allocateDirect(MOST_REQUEST_BYTES);
  private final ByteBuffer response =
      ByteBuffer.allocateDirect(RESPONSE.length).put(RESPONSE).flip();

  private Answer() {}

  /**
   * Reads, answers and closes.
   *
   * @return false when the request has not come yet
   */
  static boolean tryOn(SocketChannel channel) throws IOException {
    return OF_THREAD.get().tryIt(channel);
  }

  private boolean tryIt(SocketChannel channel) throws IOException {
    int read = channel.read(request.clear());
    if (read == 0) {
      return false;
    }
    if (read > 0) {
      channel.write(response.rewind());
    }
    channel.close();
    return true;
  }
}
