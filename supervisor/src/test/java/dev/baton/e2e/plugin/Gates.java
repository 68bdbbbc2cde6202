package dev.baton.e2e.plugin;

import dev.baton.worker.WorkerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Places where a test can hold a worker: a step is held as long as its folder has a file of the
 * step's name, or of {@code STEP.SLOT} for one slot. Whoever waits there says so with a file {@code
 * at-STEP.SLOT-RUN.NUMBER}. {@code dev.baton.e2e.kit.GateFiles} is the test's side.
 */
final class Gates {
  private static final long PERIOD_MILLIS = 2;

  private final Path folder;
  private final String slot;
  private final String worker;
  private final AtomicInteger waiters = new AtomicInteger();

  /**
   * Looks into a folder, which exists.
   *
   * @param folder null for a worker that nobody holds
   */
  Gates(String folder, WorkerIdentity who) {
    this.folder = folder == null ? null : Path.of(folder);
    slot = "." + who.slot();
    worker = slot + "-" + who.run() + ".";
  }

  /** Returns when the step is open. */
  void pass(String step) {
    if (folder == null || !held(step)) {
      return;
    }
    var marker = folder.resolve("at-" + step + worker + waiters.incrementAndGet());
    try {
      Files.createFile(marker);
      while (held(step)) {
        Thread.sleep(PERIOD_MILLIS);
      }
      Files.delete(marker);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean held(String step) {
    return Files.exists(folder.resolve(step)) || Files.exists(folder.resolve(step + slot));
  }
}
