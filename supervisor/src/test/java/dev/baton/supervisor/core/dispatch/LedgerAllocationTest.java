package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** From accept to close at most 64 bytes are allocated for a connection, with every policy. */
class LedgerAllocationTest {
  private static final int WARM = 20_000;
  private static final int MEASURED = 50_000;
  private static final int BATCH = 16;
  private static final long MOST = 64;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final int[] worker = new int[BATCH];

  @Test
  void theHotPathAllocatesNextToNothing() {
    assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
    threads.setThreadAllocatedMemoryEnabled(true);
    Ledger ledger = new Ledger(LedgerDriver.SETTINGS, new Silent());
    int[] listeners = {
      ledger.listener(new RoundRobin()),
      ledger.listener(new LeastConnections()),
      ledger.listener(new ClientHash())
    };
    for (int slot = 0; slot < 3; slot++) {
      ledger.ready(ledger.added(slot, 1 + slot, 100, 50));
    }
    serve(ledger, listeners, 0, WARM);
    long before = threads.getCurrentThreadAllocatedBytes();
    serve(ledger, listeners, WARM, MEASURED);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    long each = bytes / MEASURED;
    assertTrue(each <= MOST, () -> each + " bytes for a connection");
    long closed = 0;
    for (int listener : listeners) {
      closed += ledger.listenerFigures(listener).closed();
    }
    assertEquals(WARM + MEASURED, closed);
  }

  private void serve(Ledger ledger, int[] listeners, long first, int count) {
    for (long c = first; c < first + count; c += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        ledger.accepted(c + i, listeners[i % listeners.length], c * i);
        ledger.settle(c);
        worker[i] = ledger.owner(c + i);
      }
      for (int i = 0; i < BATCH; i++) {
        ledger.claimed(worker[i], c + i, c);
      }
      ledger.settle(c);
      for (int i = 0; i < BATCH; i++) {
        ledger.closed(worker[i], c + i);
      }
      ledger.expire(c);
      ledger.settle(c);
    }
  }

  private static final class Silent implements Hands {
    @Override
    public Handed hand(long connection, int worker) {
      return Handed.SENT;
    }

    @Override
    public void closeOurCopy(long connection) {}

    @Override
    public void recall(int worker, long[] connections, int count) {}

    @Override
    public Found examine(long connection) {
      return Found.UNTOUCHED;
    }

    @Override
    public void kill(int worker, Fault fault, long connection) {
      throw new AssertionError(worker + " " + fault.text());
    }

    @Override
    public void accepting(boolean on) {}
  }
}
