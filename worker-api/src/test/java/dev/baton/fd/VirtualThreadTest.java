package dev.baton.fd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.sys.Posix;
import dev.baton.testkit.OpenDescriptors;
import java.lang.reflect.Method;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a JDK that has them, virtual threads wait in our channels as in the JDK's. */
@Timeout(30)
class VirtualThreadTest {
  private final Posix posix = Posix.system();
  private Thread thread;

  @TempDir Path folder;

  @BeforeEach
  void onlyWhereThereAreSome() {
    assumeTrue(Runtime.version().feature() >= 21, "this JDK has no virtual threads");
  }

  private <T> CompletableFuture<T> start(Callable<T> call) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable body =
        () -> {
          try {
            result.complete(call.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        };
    Method starter = Thread.class.getMethod("startVirtualThread", Runnable.class);
    thread = (Thread) starter.invoke(null, body);
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () ->
                thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING
                    || result.isDone());
    return result;
  }

  @Test
  void acceptsAndReads() throws Exception {
    try (FedListener server = new FedListener(posix, "127.0.0.1", folder, true)) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<SocketChannel> accept = start(server.channel()::accept);
        assertTrue(!accept.isDone(), "it waits");
        try (SocketChannel client = i == 1 ? server.own().connect() : server.feed();
            SocketChannel accepted = accept.get(10, TimeUnit.SECONDS)) {
          CompletableFuture<String> read = start(() -> TestListener.read(accepted, 4));
          TestListener.write(client, "ping");
          assertEquals("ping", read.get(10, TimeUnit.SECONDS));
        }
      }
    }
  }

  @Test
  void aCloseEndsItsAccept() throws Exception {
    try (FedListener warm = new FedListener(posix, "127.0.0.1", folder, false)) {
      start(warm.channel()::accept); // the JDK's poller opens its own descriptors
    }
    OpenDescriptors before = OpenDescriptors.now();
    try (FedListener server = new FedListener(posix, "127.0.0.1", folder, false)) {
      CompletableFuture<SocketChannel> accept = start(server.channel()::accept);
      server.channel().close();
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> accept.get(10, TimeUnit.SECONDS));
      assertInstanceOf(AsynchronousCloseException.class, e.getCause());
    }
    assertEquals("", before.leftSince(Duration.ofSeconds(5)));
  }
}
