package dev.baton.faults;

import dev.baton.load.Target;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Clients that do not keep to what is usual; every one of them is closed by itself. */
final class RudeClients {
  /** What they do. */
  enum Manner {
    /** Connects, and says nothing. */
    HALF_OPEN,
    /** Says a byte at a time. */
    SLOW,
    /** Asks much and reads nothing. */
    DEAF,
    /** Is gone at once, with a reset. */
    GONE,
    /** Ends its half of the connection without a word. */
    SILENT
  }

  private static final int ASKED = 200;

  private RudeClients() {}

  /** So many at once, for a time; how many were connected. */
  static int visit(Target target, Manner manner, int count, int millis)
      throws IOException, InterruptedException {
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        var channel = SocketChannel.open(target.address());
        open.add(channel);
        channel.configureBlocking(false);
        begin(channel, manner, target);
      }
      for (int i = 0; i < 4; i++) {
        TimeUnit.MILLISECONDS.sleep(millis / 4);
        if (manner == Manner.SLOW) {
          var letter = "slo\n".substring(i, i + 1);
          open.forEach(channel -> write(channel, letter));
        }
      }
    } finally {
      for (var channel : open) {
        channel.close();
      }
    }
    return open.size();
  }

  private static void begin(SocketChannel channel, Manner manner, Target target)
      throws IOException {
    switch (manner) {
      case DEAF -> {
        for (int i = 0; i < ASKED; i++) {
          write(channel, "again\n");
        }
      }
      case GONE -> {
        if (!target.isUnix()) {
          channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        channel.close();
      }
      case SILENT -> channel.shutdownOutput();
      default -> {}
    }
  }

  /** What does not fit, or comes too late, is nobody's loss. */
  private static void write(SocketChannel channel, String text) {
    try {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      // Its worker is gone.
    }
  }
}
