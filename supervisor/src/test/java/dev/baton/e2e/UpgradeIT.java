package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.CliResult;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFolder;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.DatagramLoad;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor becomes another program under load, and nobody notices. */
@BatonTest
@Timeout(120)
class UpgradeIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String[] POOLS = {"hello", "spread", "given", "echo"};
  private static final int RATE = 70;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void nothingIsLostAndNoWorkerRestarted() throws Exception {
    upgrades(2);
  }

  @Test
  @Tag("long")
  @Timeout(900)
  void fiftyTimesInARow() throws Exception {
    upgrades(50);
  }

  private void upgrades(int times) throws Exception {
    var conf = ConfFile.in(folder).tcp("shared").unix("unix").tcp("split").tcp("handed").udp("udp");
    conf.mode("split", "reuseport").dispatch("handed", "round-robin").mode("udp", "reuseport");
    pool(conf, "hello", "shared", "unix");
    pool(conf, "spread", "split");
    pool(conf, "given", "handed");
    var classes = PluginFolder.in(folder.resolve("plugin"));
    conf.pool(
        "echo",
        pool ->
            pool.plugin(PluginFolder.ECHO)
                .classPath(classes)
                .workers(2)
                .listeners("udp")
                .heap("48m"));
    try (var baton = BatonProcess.start(installation, conf);
        var load = new LoadGenerator();
        var datagrams = new DatagramLoad(DatagramLoad.target(baton.address("udp")), RATE, 8)) {
      var before = ids(baton, POOLS);
      long pid = baton.pid();
      load.start(
          LoadPlan.newConnections(baton.target("shared")).rate(RATE),
          LoadPlan.keepAlive(baton.target("shared"), 10).rate(RATE),
          LoadPlan.newConnections(baton.target("unix")).rate(RATE),
          LoadPlan.newConnections(baton.target("split")).rate(RATE),
          LoadPlan.keepAlive(baton.target("split"), 10).rate(RATE),
          LoadPlan.newConnections(baton.target("handed")).rate(RATE),
          LoadPlan.keepAlive(baton.target("handed"), 10).rate(RATE));
      var descriptors = new ArrayList<Integer>();
      var memory = new ArrayList<Long>();
      for (int i = 0; i < times; i++) {
        var done = baton.run("upgrade").expect(0);
        assertTrue(done.stdout().contains(", 8 workers adopted, "), done::toString);
        assertEquals(before, ids(baton, POOLS), baton::output);
        descriptors.add(Proc.fds(pid).size());
        memory.add(Proc.pssBytes(pid).orElseThrow() >> 20);
      }
      var report = load.stop();
      var packets = datagrams.stop();
      System.out.print(report);
      System.out.println(packets);
      System.out.println("descriptors " + descriptors + ", MiB " + memory);
      assertEquals(0, report.lost(), report::toString);
      assertEquals(0, packets.lost(), packets::toString);
      assertEquals(pid, baton.status().path("pid").asLong());
      int last = descriptors.size() - 1;
      assertTrue(descriptors.get(last) <= descriptors.get(0) + 10, descriptors::toString);
      baton.run("fds").expect(0);
      var events = baton.run("events", "--since", "1h").expect(0).stdout();
      assertEquals(times + 1, events.split("becomes another program", -1).length, events);
      assertEquals(times + 1, events.split("upgraded from", -1).length, events);
      baton.run("restart", "hello").expect(0);
      assertEquals(0, baton.terminate(), baton::output);
    }
  }

  /** What cannot take over is not given the process, or gives it back. */
  @Test
  void anUpgradeThatFailsLeavesTheProgramBefore() throws Exception {
    var conf = ConfFile.in(folder).tcp("shared").unix("unix").tcp("handed");
    conf.dispatch("handed", "round-robin");
    pool(conf, "hello", "shared", "unix");
    pool(conf, "given", "handed");
    try (var baton = BatonProcess.start(installation, conf).allowErrors();
        var load = new LoadGenerator()) {
      var before = ids(baton, "hello", "given");
      load.start(
          LoadPlan.newConnections(baton.target("shared")).rate(RATE),
          LoadPlan.newConnections(baton.target("unix")).rate(RATE),
          LoadPlan.keepAlive(baton.target("handed"), 10).rate(RATE),
          LoadPlan.newConnections(baton.target("handed")).rate(RATE));
      var nothing = Files.createDirectory(folder.resolve("nothing"));
      told(baton.run("upgrade", "--to", nothing.toString()), "there is no program at " + nothing);
      told(upgrade(baton, "exit 3"), "bin/baton ended with 3");
      told(upgrade(baton, "echo /usr/bin/false"), "cannot take over: it ended with 1");
      var broken = "-Dbaton.home=" + nothing;
      told(
          upgrade(baton, real() + " | sed 's|^-Dbaton.home=.*|" + broken + "|'"),
          "this installation is not whole");
      var state = conf.runtimeDir().resolve("state/pools/later.json");
      Files.writeString(state, "{\"format\": 2}");
      told(upgrade(baton, real()), "found format 2, this supervisor reads 1");
      Files.delete(state);
      // Able when it is tried, and not when it matters.
      var change = "case $a in -Dbaton.home=*) a=" + broken + ";; esac; set -- \"$@\" \"$a\"";
      told(
          upgrade(baton, taking("for a; do shift; " + change + "; done")),
          "the program before is back: this installation is not whole");
      assertEquals(before, ids(baton, "hello", "given"));
      baton.run("upgrade").expect(0);
      var report = load.stop();
      assertEquals(0, report.lost(), report::toString);
    }
  }

  /** One that dies before it has begun is a killed supervisor: the next one adopts. */
  @Test
  void whatDiesBeforeItHasBegunIsFollowedByAnother() throws Exception {
    var conf = ConfFile.in(folder).tcp("shared");
    pool(conf, "hello", "shared");
    try (var first = BatonProcess.start(installation, conf)) {
      var before = ids(first, "hello");
      var ended = upgrade(first, taking("exit 9")).expect(111);
      assertTrue(ended.stderr().contains("start it again"), ended::toString);
      assertEquals(9, first.awaitExit(SOON));
      try (var second = BatonProcess.start(installation, conf)) {
        assertEquals(before, ids(second, "hello"));
      }
    }
  }

  /** They are neither lost nor do they kill it, at any moment. */
  @Test
  void signalsThatComeMeanwhileAreHeeded() throws Exception {
    var conf = ConfFile.in(folder).tcp("shared");
    pool(conf, "hello", "shared");
    try (var baton = BatonProcess.start(installation, conf)) {
      baton.signal("USR2");
      Deadline.await(
          SOON,
          "it becomes another program",
          () -> baton.output().contains("becomes another program"),
          baton::output);
      for (var name : List.of("HUP", "USR1", "TTIN", "QUIT")) {
        baton.signal(name);
      }
      Deadline.await(
          SOON,
          "the other program serves",
          () -> baton.output().contains("supervisor: upgraded from"),
          baton::output);
      baton.awaitReady();
      Deadline.await(
          SOON,
          "it has grown by a worker, as the signal said",
          () -> baton.workers("hello").size() == 3,
          baton::output);
      assertTrue(baton.output().contains("Threads at"), baton::output);
      baton.awaitReady();
      baton.signal("USR2");
      Deadline.await(
          SOON,
          "it does so once more",
          () -> baton.output().split("becomes another program", -1).length == 3,
          baton::output);
      assertEquals(0, baton.terminate(), baton::output);
    }
  }

  /** What only the supervisor knew: a slot that has failed for good stays so. */
  @Test
  void aFailedSlotStaysFailed() throws Exception {
    var conf = ConfFile.in(folder).tcp("shared");
    pool(conf, "hello", "shared");
    conf.pool("hello", pool -> pool.set("restart", "never"));
    try (var baton = BatonProcess.start(installation, conf)) {
      baton.kill9(baton.workers("hello").get(1).pid());
      Deadline.await(SOON, "it has failed", () -> failed(baton), baton::output);
      baton.run("upgrade").expect(0);
      assertTrue(failed(baton), baton::output);
      assertEquals(200, Http.get(baton.target("shared"), "/").status());
    }
  }

  private static boolean failed(BatonProcess baton) throws IOException {
    return baton.status().at("/pools/0/workers/1").path("phase").asText().equals("failed");
  }

  private static void told(CliResult result, String what) {
    result.expect(1);
    assertTrue(result.stderr().contains(what), result::toString);
  }

  /** To a folder whose launcher is this script. */
  private CliResult upgrade(BatonProcess baton, String script) throws Exception {
    var other = Files.createTempDirectory(folder, "other");
    var bin = Files.createDirectory(other.resolve("bin"));
    var launcher = Files.writeString(bin.resolve("baton"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    return baton.run("upgrade", "--to", other.toString());
  }

  private String real() {
    return installation.launcher() + " command";
  }

  /**
   * The program under test, started by a shell that does something else when it is to take over.
   */
  private String taking(String otherwise) {
    var script = "case $BATON_UPGRADE in take:*) " + otherwise + ";; esac; exec \"$@\"";
    return "printf '%s\\n' /bin/sh -c '" + script + "' sh; " + real();
  }

  private void pool(ConfFile conf, String name, String... listeners) {
    conf.pool(
        name,
        pool ->
            pool.sample(installation, Sample.HELLO).workers(2).listeners(listeners).heap("48m"));
  }

  private static List<String> ids(BatonProcess baton, String... pools) throws Exception {
    var ids = new ArrayList<String>();
    for (var pool : pools) {
      for (var worker : baton.workers(pool)) {
        assertTrue(worker.serving(), worker::toString);
        ids.add(worker.id() + " " + worker.pid());
      }
    }
    return ids;
  }
}
