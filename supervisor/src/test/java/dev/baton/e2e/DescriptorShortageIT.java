package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.DescriptorLimit;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Installation;
import dev.baton.load.GreetingLoad;
import dev.baton.load.GreetingOutcome;
import dev.baton.load.GreetingPlan;
import dev.baton.load.GreetingReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A worker that had no descriptors for its very first clients serves them when it has: what the JDK
 * could not load then must not be lost for ever.
 */
@BatonTest
@Tag("alone")
@Timeout(120)
class DescriptorShortageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"shared, 0", "shared, 1", "shared, 2", "dispatch, 0", "dispatch, 1", "dispatch, 2"})
  void theFirstClientsWaitAndAreServed(String mode, int left) throws Exception {
    var greeters = new Greeters(folder, 1, 0);
    greeters.conf().mode(Greeters.LISTENER, mode);
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var limit = new DescriptorLimit(Greeters.serving(baton, 0).pid(), left);
      var plan = GreetingPlan.atOnce(baton.target(Greeters.LISTENER), 8).only(8);
      try (var load = new GreetingLoad(plan)) {
        try {
          TimeUnit.MILLISECONDS.sleep(
              400); // as long as the shortage lasts; not a wait for anything
        } finally {
          limit.restore();
        }
        var report = load.await(PATIENCE);
        assertEquals(Map.of(GreetingOutcome.SERVED, 8L), report.counts(), report::toString);
      }
    }
  }

  @Test
  void aWorkerWithoutDescriptorsRefusesAndOthersServe() throws Exception {
    var greeters = new Greeters(folder, 2, 0).dispatch("round-robin");
    try (var baton = BatonProcess.start(installation, greeters.conf())) {
      var listener = baton.target(Greeters.LISTENER);
      var limit = new DescriptorLimit(Greeters.serving(baton, 0).pid(), 0);
      var other = Greeters.serving(baton, 1);
      try {
        var report = await(GreetingPlan.atOnce(listener, 4).only(40));
        assertEquals(Map.of(GreetingOutcome.SERVED, 40L), report.counts(), report::toString);
        // The JVM may have closed a file of its own since: then there is room for one more.
        assertTrue(report.workers().get(other.id()) > 20, report::toString);
        baton.awaitConnections(Greeters.LISTENER, "refused", 1);
        baton.awaitConnections(Greeters.LISTENER, "redispatched", 1);
      } finally {
        limit.restore();
      }
      var report = await(GreetingPlan.atOnce(listener, 4).only(40));
      assertEquals(Map.of(GreetingOutcome.SERVED, 40L), report.counts(), report::toString);
      assertEquals(2, report.workers().size(), "it serves again: " + report);
    }
  }

  private static GreetingReport await(GreetingPlan plan) throws InterruptedException {
    try (var load = new GreetingLoad(plan)) {
      return load.await(PATIENCE);
    }
  }
}
