package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.supervisor.cli.BatonCli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of an operator, errors of a tired one included: each command with its exit status and what
 * it says. The supervisor and its workers are processes; the commands run here, as a JVM for each
 * of them would take most of the time.
 */
@BatonTest
@Timeout(120)
class TourIT {
  private final Installation installation = Installation.find();
  @TempDir Path folder;
  private ConfFile conf;
  private int steps;

  private void step(String command, int exit, String... said) {
    var out = new ByteArrayOutputStream();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    var args = new ArrayList<>(List.of(command.strip().split(" +")));
    boolean anywhere = args.remove("ANYWHERE");
    if (!anywhere) {
      args.addAll(List.of("--conf", conf.path().toString()));
    }
    var cli =
        new BatonCli(
            config -> {
              throw new AssertionError("a supervisor was to be run");
            },
            stream,
            stream,
            Map.of());
    int ended = cli.run(args.toArray(String[]::new));
    var text = out.toString(StandardCharsets.UTF_8);
    assertEquals(exit, ended, () -> command + " said: " + text);
    for (var expected : said) {
      assertTrue(text.contains(expected), () -> command + " lacks " + expected + ": " + text);
    }
    assertTrue(!text.contains("\tat "), () -> command + " shows a stack trace: " + text);
    steps++;
  }

  @Test
  void fortyCommands() throws Exception {
    var first = version("1");
    var second = version("2");
    var notes = Files.writeString(folder.resolve("notes.txt"), "not a plugin");
    conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "web",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(first.toString())
                .workers(2)
                .listeners("tcp")
                .heap("32m"));
    try (var baton = BatonProcess.start(installation, conf)) {
      looking();
      restarts();
      scaling(baton);
      versions(second, notes);
      configuration();
      leaving(baton);
    }
    assertTrue(steps >= 40, () -> steps + " commands");
  }

  private Path version(String version) throws IOException {
    return new PluginFiles(folder.resolve("v" + version)).version(version).folder();
  }

  private void looking() {
    step("status", 0, "pool web: serving, generation 1, 2 of 2 serving");
    step("status --json", 0, "\"id\":\"web/0#1\"");
    step("version ANYWHERE", 0, "(Java ");
    step("stauts ANYWHERE", 100, "there is no command stauts; there are run, check, status");
    step("status --jsno", 100, "Unknown option: '--jsno'");
    step("status ANYWHERE --runtime-dir " + folder + "/none", 111, "no supervisor runs on");
    step("status ANYWHERE --conf " + folder + "/none.yaml", 100, "none.yaml");
    step("check ANYWHERE " + conf.path(), 0, "is fine");
    step("logs web", 0, "web/0#1", "scripted: serve");
    step("logs nope", 100, "nope");
    step("events", 0, "web/1#1", "ready");
    step("events --since yesterday", 100, "yesterday");
    step("events --json -n 1", 0, "\"number\":");
  }

  private void restarts() {
    step("restart", 100, "name the pools to restart, or --all");
    step("restart web --all", 100, "not both");
    step("restart wbe", 100, "there is no pool wbe; the pools are: web");
    step("restart web --surge -1", 100, "--surge is -1, allowed: 0 to 1000");
    step("restart web --hold soon", 100, "a duration such as 30s");
    step("restart web", 0, "generation 2 serves");
    step("restart --all --surge 100%", 0, "generation 3 serves");
    step("pause web", 1, "no rollout of pool web is under way");
    step("resume web", 1, "no rollout of pool web is under way");
    step("abort nope", 100, "no such pool");
    step("wait web", 0, "generation 3 serves");
  }

  private void scaling(BatonProcess baton) throws Exception {
    step("scale web -3", 100, "2-3 is -1, allowed: 0 to 1000 workers");
    step("scale web many", 100, "allowed: N, +N or -N");
    step("scale nope 1", 100, "no such pool");
    step("scale web +1", 0, "web: 2 -> 3 workers");
    step("scale web 1", 0, "web: 3 -> 1 workers");
    baton.awaitStatus(
        Duration.ofSeconds(20), "one is left", s -> s.at("/pools/0/workers").size() == 1);
    step("reset web/7", 1, "pool web has no slot 7");
    step("reset web", 0, "web");
    step("reset web/x", 100, "x");
  }

  private void versions(Path second, Path notes) {
    step("rollback web", 1, "pool web has had no other release before");
    step("deploy web", 100, "name the jar or folder to deploy");
    step("deploy web " + notes, 1, "is no jar");
    step("deploy web " + folder + "/none", 1, "does not exist");
    step("deploy nope " + second, 100, "no such pool");
    step("deploy web " + second, 0, "generation 4 serves");
    step("releases web", 0, "serving", "replaced", second.toString());
    step("rollback web --to ..", 100, "allowed: the first 4 to 16 digits of a release");
    step("rollback web --to 0000", 1, "no release of pool web begins with 0000");
    step("rollback web", 0, "generation 5 serves");
  }

  private void configuration() throws IOException {
    step("diff", 0, "nothing");
    step("reload", 0, "nothing");
    conf.set("pools.web.workrs", 3);
    conf.write();
    step("check ANYWHERE " + conf.path(), 100, "workrs", "workers");
    step("diff", 100, "workrs");
    step("reload", 100, "workrs");
    conf.remove("pools.web.workrs");
    conf.set("pools.web.workers", 3);
    conf.write();
    step("diff", 0, "web");
    step("reload", 0, "web");
    step("reopen-logs", 0, "");
    step("open /etc/hostname", 100, "has no services.open");
  }

  private void leaving(BatonProcess baton) throws Exception {
    step("stop --nwo", 100, "Unknown option: '--nwo'");
    step("stop", 0, "has stopped");
    assertEquals(0, baton.awaitExit(Duration.ofSeconds(20)));
    step("stop", 111, "no supervisor runs on");
    step("restart web", 111, "no supervisor runs on");
  }
}
