package dev.baton.samples.scribe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One client's connection. */
final class LineClient {
  private static final int MOST_BYTES = 8 * 1024;
  private static final ByteBuffer OK = text("ok\n");
  private static final ByteBuffer TOO_LONG = text("error: a line of more than 8192 bytes\n");
  private static final ByteBuffer NOT_WRITTEN = text("error: the line was not written whole\n");

  private final SocketChannel client;
  private final Lines lines;
  private final ByteBuffer in = ByteBuffer.allocate(MOST_BYTES);

  /** Consumes {@code client}; {@code lines} is shared with other clients. */
  LineClient(SocketChannel client, Lines lines) {
    this.client = client;
    this.lines = lines;
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
  }

  /** Serves until the client, or {@link #finish}, ends it. */
  void serve() {
    try {
      while (client.read(in) >= 0 && takeLines()) {
        continue;
      }
    } catch (IOException e) {
      // The client is gone, or was asked to come again: a line without an answer does not count.
    } finally {
      finish();
    }
  }

  /** Holds the lock from the first line's write to the last one's answer. */
  private synchronized boolean takeLines() throws IOException {
    if (!client.isOpen()) {
      return false;
    }
    in.flip();
    for (int i = 0; i < in.limit(); i++) {
      if (in.get(i) == '\n') {
        ByteBuffer line = in.duplicate().limit(i + 1);
        in.position(i + 1);
        if (!append(line)) {
          send(NOT_WRITTEN);
          return false;
        }
        send(OK);
      }
    }
    in.compact();
    if (!in.hasRemaining()) {
      send(TOO_LONG);
      return false;
    }
    return true;
  }

  private boolean append(ByteBuffer line) {
    try {
      return lines.append(line);
    } catch (IOException e) {
      System.err.println("cannot write: " + e.getMessage());
      return false;
    }
  }

  private void send(ByteBuffer answer) throws IOException {
    ByteBuffer out = answer.duplicate();
    while (out.hasRemaining()) {
      client.write(out);
    }
  }

  /** Closes the connection, between two lines. */
  synchronized void finish() {
    try {
      client.close();
    } catch (IOException e) {
      // close(2) frees the descriptor whatever it returns
    }
  }
}
