package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.CliResult;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions of a plugin come and go under load: by hand, and by the judgement of a canary. */
@BatonTest
@Timeout(120)
class DeployIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Installation installation = Installation.find();
  @TempDir Path folder;
  private Path first;
  private ConfFile conf;

  @BeforeEach
  void configure() throws IOException {
    first = version("1", "serve");
    conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "pool",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(first.toString())
                .workers(2)
                .listeners("tcp")
                .heap("48m")
                .set("heartbeat.period", "200ms"));
  }

  private Path version(String version, String behaviour) throws IOException {
    var files = new PluginFiles(folder.resolve("v" + version));
    return files.version(version).behaviour(behaviour).folder();
  }

  private static void assertServes(BatonProcess baton, String version) throws Exception {
    var body = Http.get(baton.target("tcp"), "/").body();
    assertTrue(body.contains("\"version\":\"" + version + "\""), body);
  }

  private static CliResult deploy(BatonProcess baton, Path what, String... more) throws Exception {
    String[] args = new String[3 + more.length];
    args[0] = "deploy";
    args[1] = "pool";
    args[2] = what.toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return baton.run(args);
  }

  @Test
  void whatIsDeployedStaysUntilSomethingElseIs() throws Exception {
    var text = Files.writeString(folder.resolve("notes.txt"), "no plugin");
    var second = version("2", "serve");
    try (var baton = BatonProcess.start(installation, conf)) {
      assertTrue(baton.run("rollback", "pool").expect(1).stderr().contains("no other release"));
      assertTrue(deploy(baton, text).expect(1).stderr().contains("is no jar"));
      assertTrue(deploy(baton, folder.resolve("none")).expect(1).stderr().contains("not exist"));
      assertServes(baton, "1");

      deploy(baton, second).expect(0);
      new PluginFiles(folder.resolve("other")); // the files may go, the copy stays
      assertServes(baton, "2");
      baton.run("restart", "pool").expect(0);
      assertServes(baton, "2");
    }
    try (var baton = BatonProcess.start(installation, conf)) {
      assertServes(baton, "2");
      var releases = baton.run("releases", "pool").expect(0).stdout();
      assertTrue(releases.contains("replaced") && releases.contains("serving"), releases);
      assertTrue(releases.contains(second.toString()), releases);

      baton.run("rollback", "pool").expect(0);
      assertServes(baton, "1");
      assertTrue(baton.run("rollback", "pool").expect(1).stderr().contains("no other release"));
      var withdrawn =
          baton.run("releases", "pool").expect(0).stdout().lines().filter(l -> l.contains("withd"));
      var hash = withdrawn.findFirst().orElseThrow().substring(0, 8);
      baton.run("rollback", "pool", "--to", hash).expect(0);
      assertServes(baton, "2");
      baton.run("deploy", "pool", "--configured").expect(0);
      assertServes(baton, "1");
    }
  }

  @Test
  void aCanaryThatFailsIsTakenBackAndAGoodOnePasses() throws Exception {
    var bad = version("3", "fail 20");
    var good = version("4", "serve");
    try (var baton = BatonProcess.start(installation, conf);
        var load = new LoadGenerator()) {
      load.start(LoadPlan.newConnections(baton.target("tcp")).rate(200));
      var verdict = deploy(baton, bad, "--canary", "1", "--hold", "60s").expect(1);
      assertTrue(verdict.stderr().contains("requests failed"), verdict::toString);
      assertServes(baton, "1");
      var events = baton.run("events", "-n", "100").expect(0).stdout();
      assertTrue(events.contains("the canary is worse than the others"), events);

      deploy(baton, good, "--canary", "1", "--hold", "1s").expect(0);
      assertServes(baton, "4");
      var report = load.stop();
      assertEquals(0, report.lost() - report.count(Outcome.BAD), report::toString);
    }
  }

  @Test
  void anOperatorPausesResumesAndAborts() throws Exception {
    var next = version("5", "serve");
    try (var baton = BatonProcess.start(installation, conf)) {
      var deployed = begun(baton, next);
      baton.awaitStatus(SOON, "paused", s -> s.at("/pools/0/rollout/paused").asBoolean());
      var waiting = CompletableFuture.supplyAsync(() -> run(baton, "wait", "pool"));
      assertTrue(baton.run("pause", "pool").expect(1).stderr().contains("is paused"));
      assertTrue(baton.run("restart", "pool").expect(1).stderr().contains("under way"));
      baton.run("resume", "pool").expect(0);
      deployed.get(20, TimeUnit.SECONDS).expect(0);
      waiting.get(20, TimeUnit.SECONDS).expect(0);
      assertServes(baton, "5");

      var again = begun(baton, first);
      baton.awaitStatus(SOON, "paused", s -> s.at("/pools/0/rollout/paused").asBoolean());
      baton.run("abort", "pool").expect(0);
      assertTrue(again.get(20, TimeUnit.SECONDS).expect(1).stderr().contains("aborted"));
      assertTrue(baton.run("wait", "pool").expect(1).stderr().contains("aborted"));
      assertServes(baton, "5");
    }
  }

  private static CompletableFuture<CliResult> begun(BatonProcess baton, Path what) {
    return CompletableFuture.supplyAsync(
        () -> run(baton, "deploy", "pool", what.toString(), "--hold=0s", "--pause-after-canary"));
  }

  private static CliResult run(BatonProcess baton, String... args) {
    try {
      return baton.run(args);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
