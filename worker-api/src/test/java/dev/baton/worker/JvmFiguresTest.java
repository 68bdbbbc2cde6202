package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ToSupervisor.Jvm;
import org.junit.jupiter.api.Test;

class JvmFiguresTest {
  @Test
  void nothingAtFirstAndThenWhatTheJvmSays() {
    JvmFigures figures = new JvmFigures();
    assertNull(figures.now());
    Jvm now = figures.now();
    assertTrue(now.heapUsed() > 0 && now.heapUsed() <= now.heapCommitted(), now::toString);
  }

  /** As in a worker that has no descriptor left when it is asked. */
  @Test
  void withoutTheLibraryOfTheManagementTheCollectorsAreLeftOut() {
    JvmFigures figures =
        new JvmFigures(
            () -> {
              throw new UnsatisfiedLinkError("libmanagement.so: Too many open files");
            });
    assertNull(figures.now());
    Jvm now = figures.now();
    assertTrue(now.heapUsed() > 0, now::toString);
    assertEquals(0, now.collections());
  }
}
