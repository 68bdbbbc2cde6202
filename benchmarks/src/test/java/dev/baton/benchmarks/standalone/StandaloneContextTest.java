package dev.baton.benchmarks.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StandaloneContextTest {
  private ServerSocketChannel listener;
  private StandaloneContext context;

  record Config(Duration grace, int count, boolean on, String name) {}

  record Strict(int count) {
    Strict {
      if (count == 0) {
        throw new IllegalStateException("count is needed");
      }
    }
  }

  @BeforeEach
  void open() throws IOException {
    listener = ServerSocketChannel.open();
    context = new StandaloneContext("web", listener);
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  @Test
  void everyKeyOfTheConfigurationIsMissing() {
    assertEquals(new Config(null, 0, false, null), context.config(Config.class));
    assertNull(context.config(Config.class).grace());
  }

  @Test
  void aConfigurationThatCannotBeEmptyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> context.config(Strict.class));
  }

  @Test
  void hasOneListenerAndNoFile() {
    assertSame(listener, context.listener("web"));
    assertThrows(IllegalArgumentException.class, () -> context.listener("other"));
    assertThrows(IllegalArgumentException.class, () -> context.file("any"));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.SECONDS)
  void readyIsWhatIsWaitedFor() throws InterruptedException {
    new Thread(context::ready).start();
    context.awaitReady();
  }
}
