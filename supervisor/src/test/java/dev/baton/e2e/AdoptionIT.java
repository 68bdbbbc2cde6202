package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promise 5: a supervisor that is killed is started again, its workers serve on meanwhile, and none
 * of them is restarted.
 */
@BatonTest
@Timeout(120)
class AdoptionIT {
  private static final double RATE = 100;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void theNextSupervisorAdoptsEveryWorkerUnderLoad() throws Exception {
    var conf = ConfFile.in(folder).tcp("shared").unix("unix").tcp("split").tcp("handed");
    conf.mode("split", "reuseport").dispatch("handed", "round-robin");
    pool(conf, "hello", "shared", "unix");
    pool(conf, "spread", "split");
    pool(conf, "given", "handed");
    try (var first = BatonProcess.start(installation, conf);
        var load = new LoadGenerator()) {
      var before = ids(first);
      load.start(
          LoadPlan.newConnections(first.target("shared")).rate(RATE),
          LoadPlan.newConnections(first.target("unix")).rate(RATE),
          LoadPlan.newConnections(first.target("split")).rate(RATE),
          LoadPlan.newConnections(first.target("handed")).rate(RATE));
      first.kill9(first.pid());
      first.awaitExit(Duration.ofSeconds(5));
      try (var second = BatonProcess.start(installation, conf)) {
        assertEquals(before, ids(second), second::output);
        var report = load.stop();
        System.out.print(report);
        assertEquals(0, report.count(Outcome.REFUSED), report::toString);
        for (var part : report.parts().subList(0, 3)) {
          assertEquals(0, part.lost(), report::toString);
        }
        second.run("restart", "hello").expect(0);
        second.run("fds").expect(0);
      }
    }
  }

  private void pool(ConfFile conf, String name, String... listeners) {
    conf.pool(
        name,
        pool ->
            pool.sample(installation, Sample.HELLO).workers(2).listeners(listeners).heap("48m"));
  }

  private static List<String> ids(BatonProcess baton) throws Exception {
    var ids = new ArrayList<String>();
    for (var pool : List.of("hello", "spread", "given")) {
      for (WorkerInfo worker : baton.workers(pool)) {
        assertTrue(worker.serving(), worker::toString);
        ids.add(worker.id() + " " + worker.pid());
      }
    }
    return ids;
  }
}
