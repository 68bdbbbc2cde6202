package dev.baton.samples.unruly;

import dev.baton.sys.Posix;
import dev.baton.worker.Connection;
import dev.baton.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes none of the connections that it is sent, and says of them what is not so. An executor that
 * drops its tasks leaves them unclaimed.
 */
final class Hoarder implements Executor, ConnectionHandler {
  /** Far above what a supervisor counts up to in a test. */
  private static final long UNKNOWN = 1L << 40;

  private final Mode mode;
  private final AtomicInteger sent = new AtomicInteger();

  Hoarder(Mode mode) {
    this.mode = mode;
  }

  @Override
  public void execute(Runnable task) {
    if (sent.getAndIncrement() > 0) {
      return;
    }
    if (mode == Mode.CLAIM_UNKNOWN) {
      claim(UNKNOWN);
    } else if (mode == Mode.CLAIM_TWICE) {
      task.run();
    }
  }

  /** The SDK claims it as well. */
  @Override
  public void serve(Connection connection) {
    claim(connection.id());
  }

  private static void claim(long connection) {
    String text = "{\"type\":\"claim\",\"connections\":[" + connection + "]}";
    try (RawChannel channel = RawChannel.open(Posix.system())) {
      channel.send(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      e.printStackTrace();
    }
  }
}
