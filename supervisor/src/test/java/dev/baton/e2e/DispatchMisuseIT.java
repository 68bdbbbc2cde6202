package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A worker that says of its connections what is not so is ended with a reason; what it has not
 * taken is served by another, and the supervisor keeps no descriptor of it.
 */
@BatonTest
@Timeout(120)
class DispatchMisuseIT {
  private static final String POOL = "unruly";
  private static final int CLIENTS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "claim-unknown, (?i).*claim.*, 0, 1",
    // It has taken what it claims twice, and may have been sent nothing else.
    "claim-twice, (?i).*claim.*, 1, 0",
    "never-claim, (?i).*recall.*, 0, 1"
  })
  void isEndedAndItsConnectionsAreServedByAnother(
      String mode, String reason, int cut, int redispatched) throws Exception {
    try (var baton = BatonProcess.start(installation, conf(mode))) {
      baton.status();
      var before = sockets(baton.pid());
      LoadReport report;
      try (var load = new LoadGenerator()) {
        // A client of each of two workers at a time, while the first one lives.
        load.start(LoadPlan.newConnections(baton.target("tcp")).connections(CLIENTS));
        baton.awaitStatus(
            PATIENCE,
            "slot 0 was ended",
            status -> status.at("/pools/0/workers/0/state").asText().equals("down"));
        var said = baton.status().at("/pools/0/workers/0/text").asText();
        assertTrue(said.matches(reason), said);
        long ok = load.snapshot().count(Outcome.OK);
        Deadline.await(
            PATIENCE,
            "the other one serves on",
            () -> load.snapshot().count(Outcome.OK) >= ok + 50,
            () -> load.snapshot().toString());
        report = load.stop();
      }
      assertEquals(0, report.count(Outcome.REFUSED), report::toString);
      assertEquals(0, report.count(Outcome.TIMEOUT), report::toString);
      assertTrue(report.lost() <= cut, report::toString);
      baton.awaitConnections("tcp", "redispatched", redispatched);
      Deadline.await(
          PATIENCE,
          "the supervisor has as many sockets as before, without the worker's channel: " + before,
          () -> sockets(baton.pid()) < before,
          () -> sockets(baton.pid()) + " " + Proc.fds(baton.pid()));
    }
  }

  private static long sockets(long pid) {
    return Proc.fds(pid).stream().filter(Proc.Fd::isSocket).count();
  }

  private ConfFile conf(String mode) {
    var conf = ConfFile.in(folder).tcp("tcp").dispatch("tcp", "round-robin");
    return conf.pool(
        POOL,
        pool ->
            pool.sample(installation, Sample.UNRULY)
                .workers(2)
                .listeners("tcp")
                .config("mode", mode)
                .config("slot", 0)
                .set("dispatch.recallAfter", "300ms")
                .set("dispatch.recallTimeout", "500ms")
                // One life: what its successor does is the same again.
                .backoff(Duration.ofMinutes(5), Duration.ofMinutes(5))
                .heap("48m"));
  }
}
