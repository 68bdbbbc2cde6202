package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.CliResult;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Promise 4: a new generation that does not become ready changes nothing for clients, and the
 * operator learns why.
 */
@BatonTest
@Timeout(120)
class RolloutFailureIT {
  private final Installation installation = Installation.find();
  @TempDir Path folder;
  private PluginFiles plugin;

  @BeforeEach
  void plugin() throws Exception {
    plugin = new PluginFiles(folder.resolve("plugin"));
  }

  /** The reason is in the verdict; what the worker wrote last is under it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exit    | exit code 3                          | scripted: cannot go on",
        "silent  | ready                                | scripted: says nothing more",
        "throw   | scripted: this version does not start | scripted: throw",
        "missing | dev.baton.e2e.plugin.ScriptedWorker  |",
      })
  void theOldGenerationServesOn(String fault, String reason, String lastWords) throws Exception {
    // Only the silent one takes all of its time.
    var startTimeout = Duration.ofSeconds(fault.equals("silent") ? 8 : 60);
    try (var baton = BatonProcess.start(installation, conf(startTimeout));
        var load = new LoadGenerator()) {
      var before = baton.workers("pool");
      load.start(
          LoadPlan.newConnections(baton.target("tcp")).rate(50).countBy(RolloutFailureIT::version),
          LoadPlan.newConnections(baton.target("unix")).rate(50));

      plugin.version("broken");
      if (fault.equals("missing")) {
        plugin.removeClass();
      } else {
        plugin.behaviour(fault);
      }
      var result = baton.run("restart", "pool").expect(1);
      assertTrue(result.stderr().contains(reason), result::toString);
      if (lastWords != null) {
        assertTrue(result.stderr().contains(lastWords), result::toString);
      }
      assertTrue(!result.stderr().contains("\tat dev.baton.supervisor"), result::toString);
      assertSame(before, baton.workers("pool"));

      plugin.version("repaired").behaviour("serve").restoreClasses();
      baton.run("restart", "pool").expect(0);
      var after = baton.workers("pool");
      assertEquals(2, after.size(), after::toString);
      after.forEach(
          worker -> assertTrue(worker.generation() > before.get(0).generation(), after::toString));
      checkNothingLost(load.stop());
    }
  }

  @Test
  void onlyOneRolloutAtATime() throws Exception {
    try (var baton = BatonProcess.start(installation, conf(Duration.ofSeconds(60)))) {
      var go = folder.resolve("go");
      plugin.version("2").behaviour("wait " + go);
      var first = CompletableFuture.supplyAsync(() -> restart(baton));
      baton.awaitStatus(
          Duration.ofSeconds(10),
          "a worker of the next generation is starting",
          status -> status.at("/pools/0/workers").size() == 3);

      var second = baton.run("restart", "pool").expect(1);
      assertTrue(second.stderr().contains("is under way"), second::toString);

      Files.createFile(go);
      first.get(60, TimeUnit.SECONDS).expect(0);
      var workers = baton.workers("pool");
      workers.forEach(worker -> assertEquals(2, worker.generation(), workers::toString));
    }
  }

  private ConfFile conf(Duration startTimeout) {
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    return conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .workers(2)
                .listeners("tcp", "unix")
                .heap("48m")
                .startTimeout(startTimeout)
                .stopTimeout(Duration.ofSeconds(1)));
  }

  private static CliResult restart(BatonProcess baton) {
    try {
      return baton.run("restart", "pool");
    } catch (Exception e) {
      throw new IllegalStateException("the command could not be run", e);
    }
  }

  /** The same processes serve, and the generation is what it was. */
  private static void assertSame(List<WorkerInfo> before, List<WorkerInfo> now) {
    assertEquals(List.of(), now.stream().filter(worker -> !worker.serving()).toList());
    assertEquals(
        before.stream().map(WorkerInfo::pid).toList(), now.stream().map(WorkerInfo::pid).toList());
    assertEquals(
        before.stream().map(WorkerInfo::generation).toList(),
        now.stream().map(WorkerInfo::generation).toList());
  }

  private static void checkNothingLost(LoadReport report) {
    assertEquals(0, report.lost(), report::toString);
    assertEquals(0, report.count(Outcome.BAD), report::toString);
    assertEquals(Set.of("1", "repaired"), report.keys().keySet(), report::toString);
  }

  private static String version(byte[] body) {
    var text = new String(body, StandardCharsets.US_ASCII);
    return text.replaceAll(".*\"version\":\"([^\"]*)\".*", "$1");
  }
}
