package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.baton.fd.FdLedger;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The dispatch thread allocates next to nothing for a connection, from accept to close. */
@Timeout(120)
class HandOffAllocationTest {
  private static final int BATCH = 32;
  private static final int MEASURED = 8_000;
  private static final int ROUNDS = 6;
  private static final long MOST = 64;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void theHotPathAllocatesNextToNothing() throws Exception {
    assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
    threads.setThreadAllocatedMemoryEnabled(true);
    FdLedger.disable(); // an earlier test may have left it on
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker worker = world.worker(0);
      long thread = dispatchThread();
      long best = Long.MAX_VALUE;
      // The first rounds run before the compiler has done its work.
      for (int i = 0; i < ROUNDS && best > MOST / 8; i++) {
        long before = threads.getThreadAllocatedBytes(thread);
        serve(world, worker);
        best = Math.min(best, (threads.getThreadAllocatedBytes(thread) - before) / MEASURED);
      }
      long bytes = best;
      assertTrue(bytes <= MOST, () -> bytes + " bytes for a connection");
    }
  }

  private static long dispatchThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("baton-dispatch-pool"))
        .mapToLong(Thread::getId)
        .findFirst()
        .orElseThrow();
  }

  private static void serve(DispatchWorld world, FakeWorker worker) throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), world.port());
    SocketChannel[] clients = new SocketChannel[BATCH];
    long[] numbers = new long[BATCH];
    for (int done = 0; done < MEASURED; done += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        clients[i] = SocketChannel.open(address);
      }
      for (int i = 0; i < BATCH; i++) {
        numbers[i] = worker.next().number();
      }
      worker.claim(numbers);
      worker.closed(numbers);
      worker.forget();
      for (SocketChannel client : clients) {
        client.setOption(java.net.StandardSocketOptions.SO_LINGER, 0); // no TIME_WAIT
        client.close();
      }
    }
  }
}
