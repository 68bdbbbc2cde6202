package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ToSupervisor;
import dev.baton.testkit.FdLeakCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections that are recalled while the plugin takes them: each has one fate. */
@ExtendWith(FdLeakCheck.class)
class RecallRaceTest {
  private static final int COUNT = 5_000;
  private static final int MOST_OPEN = 150;

  private final Set<Long> served = new ConcurrentSkipListSet<>();

  private void serve(Connection connection) throws Exception {
    assertTrue(served.add(connection.id()), "twice");
    connection.close();
  }

  @Test
  void byTheCrew() throws Exception {
    race(
        context -> {
          context.connections("web", this::serve);
          context.ready();
        });
  }

  @Test
  void byAThreadThatReadsItself() throws Exception {
    race(
        context -> {
          context.connections("web", Runnable::run, this::serve);
          context.ready();
        });
  }

  @Test
  void byAnExecutor() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      race(
          context -> {
            context.connections("web", executor, this::serve);
            context.ready();
          });
    } finally {
      executor.shutdown();
    }
  }

  /** All are copies of one connection, which costs little. */
  private void race(Worker plugin) throws Exception {
    Random random = new Random(4711);
    Set<Long> all = new TreeSet<>();
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin);
        Visitor visitor = Visitor.of(d.listener)) {
      List<Long> recent = new ArrayList<>();
      for (long n = 1; n <= COUNT; n++) {
        d.supervisor.handOff(n, "web", visitor.peer(), visitor.kept());
        all.add(n);
        recent.add(n);
        if (random.nextInt(8) == 0) {
          d.recall(recent.toArray(new Long[0]));
          recent.clear();
        }
        while (d.supervisor.hasMessage() || n - d.closed.size() - d.refused.size() > MOST_OPEN) {
          d.until(ToSupervisor.class);
        }
      }
      while (d.closed.size() + d.refused.size() < COUNT) {
        d.until(ToSupervisor.class);
      }
      assertEquals(served, d.closed);
      assertEquals(served, d.claimed);
      assertTrue(!d.refused.isEmpty(), "none was recalled in time");
      Set<Long> told = new TreeSet<>(d.claimed);
      told.addAll(d.refused);
      assertEquals(all, told);
    }
  }
}
