package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Proc;
import dev.baton.load.GreetingLoad;
import dev.baton.load.GreetingPlan;
import dev.baton.load.GreetingReport;
import dev.baton.load.LongClients;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool that starts with its first connection, and goes when it has nothing to do. */
@BatonTest
@Timeout(120)
class OnDemandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  private Greeters greeters() throws Exception {
    var greeters = new Greeters(folder, 2, 0).dispatch("round-robin");
    return greeters.set(pool -> pool.set("start", "on-demand").set("idleTimeout", "1s"));
  }

  @Test
  void theFirstClientsWaitForTheFirstWorkerAndTheLastLeavesNone() throws Exception {
    try (var baton = BatonProcess.launch(installation, greeters().conf())) {
      awaitIdle(baton);
      for (int life = 0; life < 2; life++) {
        var report = serve(baton, 20);
        assertEquals(0, report.lost(), report::toString);
        awaitIdle(baton);
      }
    }
  }

  @Test
  void anOpenConnectionKeepsThePoolAlive() throws Exception {
    try (var baton = BatonProcess.launch(installation, greeters().conf())) {
      awaitIdle(baton);
      try (var client = new LongClients(baton.target(Greeters.LISTENER))) {
        client.add(1);
        TimeUnit.SECONDS.sleep(3); // three times the idle timeout
        assertTrue(client.allAnswer(), baton::describe);
      }
      awaitIdle(baton);
    }
  }

  /** Those who come while the idle workers leave find the next ones. */
  @Test
  void clientsThatComeAsThePoolGoesAreServed() throws Exception {
    try (var baton = BatonProcess.launch(installation, greeters().conf())) {
      awaitIdle(baton);
      for (int i = 0; i < 3; i++) {
        assertEquals(0, serve(baton, 5).lost(), baton::describe);
        baton.awaitStatus(
            PATIENCE,
            "the pool is about to go, or gone",
            status -> {
              var state = status.at("/pools/0/workers/0/state").asText();
              return !state.equals("serving");
            });
      }
      assertEquals(0, serve(baton, 5).lost(), baton::describe);
    }
  }

  private static GreetingReport serve(BatonProcess baton, int clients) throws Exception {
    var plan = GreetingPlan.atOnce(baton.target(Greeters.LISTENER), 5).only(clients);
    try (var load = new GreetingLoad(plan)) {
      return load.await(PATIENCE);
    }
  }

  private static void awaitIdle(BatonProcess baton) throws Exception {
    baton.awaitStatus(
        PATIENCE,
        "the pool is idle, and has no process",
        status ->
            status.at("/pools/0/state").asText().equals("idle")
                && Proc.descendants(baton.pid()).isEmpty());
  }
}
