package dev.baton.benchmarks.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class OpensTest {
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void directlyOpensAFile(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Opens.Counted counted = Opens.direct(file, NANOS);
    assertTrue(counted.opens() > 0 && counted.nanos() >= NANOS, counted::toString);
    assertThrows(NoSuchFileException.class, () -> Opens.direct(folder.resolve("none"), NANOS));
  }

  @Test
  void keepsSoManyInFlightAndClosesAll() throws Exception {
    ExecutorService server = Executors.newFixedThreadPool(2);
    try {
      Opens.Counted counted = Opens.asked(() -> answered(server), 4, NANOS);
      assertEquals(asked.get(), counted.opens());
      assertEquals(asked.get(), closed.get());
      assertTrue(most.get() > 1 && most.get() <= 4, () -> most + " in flight");
      assertEquals("counted " + counted.opens() + " " + counted.nanos(), counted.toString());
    } finally {
      server.shutdown();
    }
  }

  private CompletableFuture<Closeable> answered(ExecutorService server) {
    asked.incrementAndGet();
    most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    return CompletableFuture.supplyAsync(
        () -> {
          inFlight.decrementAndGet();
          return closed::incrementAndGet;
        },
        server);
  }

  @Test
  void endsWithTheFirstRefusal() {
    IOException refusal = new IOException("not allowed");
    IOException thrown =
        assertThrows(
            IOException.class,
            () -> Opens.asked(() -> CompletableFuture.failedFuture(refusal), 4, NANOS * 1000));
    assertEquals(refusal, thrown.getCause());
  }
}
