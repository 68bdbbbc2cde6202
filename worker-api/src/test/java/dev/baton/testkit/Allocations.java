package dev.baton.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.baton.fd.FdLedger;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.function.Executable;

/** What a piece of code allocates on the thread that runs it. */
public final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocations() {}

  /**
   * Runs it until it is warm, and then measures.
   *
   * @param times how often it runs measured, and about as often before
   * @return bytes of one run, on average
   */
  public static double each(int times, Executable code) throws Throwable {
    run(times, code);
    return of(() -> run(times, code)) / (double) times;
  }

  /** Bytes of one run, as cold as it is. */
  public static long of(Executable code) throws Throwable {
    assumeTrue(THREADS.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
    FdLedger.disable(); // an earlier test may have left it on
    THREADS.setThreadAllocatedMemoryEnabled(true);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    code.execute();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private static void run(int times, Executable code) throws Throwable {
    for (int i = 0; i < times; i++) {
      code.execute();
    }
  }
}
