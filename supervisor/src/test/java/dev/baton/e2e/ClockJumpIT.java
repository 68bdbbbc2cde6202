package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.MovingClock;
import dev.baton.load.GreetingLoad;
import dev.baton.load.GreetingOutcome;
import dev.baton.load.GreetingPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The time of day is for those who read it, and decides nothing. */
@BatonTest
@Timeout(120)
class ClockJumpIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration DAY = Duration.ofDays(1);

  /** At 100 a second longer than all heartbeats that a worker may miss, and than a recall. */
  private static final int CLIENTS = 100;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aClockThatIsSetForthAndBackEndsNobodyAndLosesNothing() throws Exception {
    assumeTrue(MovingClock.possible(), "there is no gcc here");
    var clock = MovingClock.in(folder);
    var greeters =
        new Greeters(folder, 1, 0)
            .dispatch("round-robin")
            .recall(Duration.ofMillis(200), Duration.ofMillis(500))
            .set(
                pool ->
                    pool.set("heartbeat.period", "200ms")
                        .set("heartbeat.missed", 4)
                        .set("environment", clock.environment()));
    var conf = greeters.conf();
    try (var baton = BatonProcess.start(installation, conf, clock.environment());
        var load = new GreetingLoad(GreetingPlan.rate(baton.target(Greeters.LISTENER), 100))) {
      for (var ahead : new Duration[] {DAY, DAY.negated()}) {
        var before = Greeters.serving(baton, 0);
        clock.move(ahead);
        awaitServed(load);
        assertEquals(before.id(), Greeters.serving(baton, 0).id());
        baton.run("restart", Greeters.POOL).expect(0);
      }
      var report = load.stop();
      assertEquals(
          Map.of(GreetingOutcome.SERVED, report.clients()), report.counts(), report::toString);

      var events =
          new ObjectMapper()
              .readTree(Http.get(conf.admin(), "/v1/events?newest=1000").body())
              .path("events");
      assertFalse(events.findValuesAsText("kind").contains("warning"), events::toPrettyString);
      assertTrue(seen(events, DAY), () -> "it did not move: " + events.toPrettyString());
      assertTrue(seen(events, DAY.negated()), () -> "it did not move: " + events.toPrettyString());
    }
  }

  private static void awaitServed(GreetingLoad load) throws Exception {
    long before = load.snapshot().count(GreetingOutcome.SERVED);
    Deadline.await(
        SOON,
        CLIENTS + " more are served",
        () -> load.snapshot().count(GreetingOutcome.SERVED) >= before + CLIENTS,
        () -> load.snapshot().toString());
  }

  /** Whether something happened at about this distance from now. */
  private static boolean seen(JsonNode events, Duration ahead) {
    var then = Instant.now().plus(ahead);
    return events.findValuesAsText("time").stream()
        .map(Instant::parse)
        .anyMatch(time -> Duration.between(time, then).abs().toMinutes() < 10);
  }
}
