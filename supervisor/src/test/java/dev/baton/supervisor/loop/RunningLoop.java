package dev.baton.supervisor.loop;

import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A loop on a thread of its own. */
final class RunningLoop implements AutoCloseable {
  final Loop loop;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  RunningLoop(Posix posix) throws SysException {
    loop = new Loop(posix);
    new Thread(
            () -> {
              try {
                loop.run();
                end.complete(null);
              } catch (SysException | RuntimeException | Error e) {
                end.completeExceptionally(e);
              }
            },
            "loop-under-test")
        .start();
  }

  /** Has a task run on the loop, and waits for its result. */
  <T> T ask(Supplier<T> task) throws Exception {
    return CompletableFuture.supplyAsync(task, loop).get(5, TimeUnit.SECONDS);
  }

  /** As above, for tasks that make system calls. */
  void on(Task task) throws Exception {
    ask(
        () -> {
          try {
            task.run();
            return null;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  interface Task {
    void run() throws Exception;
  }

  /** Waits for the end of the loop that something else has caused. */
  void awaitEnd() throws Exception {
    end.get(5, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    if (!end.isDone()) {
      loop.execute(loop::stop);
    }
    end.handle((none, failure) -> null).orTimeout(5, TimeUnit.SECONDS).join();
    loop.close();
  }
}
