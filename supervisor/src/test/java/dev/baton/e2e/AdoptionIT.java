package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import dev.baton.testkit.Python;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
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

  /** One worker dies with it, then all do: what is left is adopted, and what is not starts anew. */
  @Test
  void whoDiesWithItComesBack() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp");
    pool(conf, "hello", "tcp");
    try (var first = BatonProcess.start(installation, conf)) {
      var address = first.address("tcp");
      var workers = first.workers("hello");
      first.kill9(first.pid());
      first.kill9(workers.get(0).pid());
      first.awaitExit(Duration.ofSeconds(5));
      var waiting = "hello/1#1  pid " + workers.get(1).pid() + "\n";
      var status = first.run("status").expect(111);
      assertTrue(status.stderr().endsWith(":\n  " + waiting), status::toString);
      try (var second = BatonProcess.start(installation, conf)) {
        assertEquals(address, second.address("tcp"));
        var now = second.workers("hello");
        assertEquals("hello/0#2", now.get(0).id(), second::output);
        assertEquals(workers.get(1).pid(), now.get(1).pid(), second::output);
        second.kill9(second.pid());
        now.forEach(w -> second.kill9(w.pid()));
        second.awaitExit(Duration.ofSeconds(5));
        try (var third = BatonProcess.start(installation, conf)) {
          assertEquals(2, third.workers("hello").size());
          assertTrue(!third.output().contains("adopted"), third::output);
        }
      }
    }
  }

  /**
   * Asks to be adopted as a worker, by a name and a protocol that are right, and prints the answer.
   */
  private static final String STRANGER =
      """
      import json, socket, sys, time
      for attempt in range(400):
          stranger = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
          try:
              stranger.connect(sys.argv[1])
              break
          except (FileNotFoundError, ConnectionRefusedError):
              time.sleep(0.05)
      stranger.send(json.dumps(dict(type="rejoin", protocol="1.0", worker=sys.argv[2],
          generation=1, secret="stolen", draining=False, connections=[], fds=[])).encode())
      print(stranger.recv(4096).decode())
      print(len(stranger.recv(4096)))
      """;

  /**
   * While a worker is awaited that has been stopped, somebody else comes in its name: another user,
   * and another process of the same one.
   */
  @Test
  void strangersAreRefusedAndNamed() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root to be somebody else");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    var conf = ConfFile.in(folder).tcp("tcp");
    pool(conf, "hello", "tcp");
    try (var first = BatonProcess.start(installation, conf)) {
      var worker = first.workers("hello").get(0);
      first.signal("STOP", worker);
      first.kill9(first.pid());
      first.awaitExit(Duration.ofSeconds(5));
      try (var second = BatonProcess.launch(installation, conf)) {
        var socket = conf.runtimeDir().resolve("adoption.sock").toString();
        var nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        refused(nobody, socket, worker, "it runs as uid 65534, the worker as 0");
        refused(List.of("env"), socket, worker, ", the worker is " + worker.pid());
        second.awaitReady();
        var told = second.output();
        assertTrue(told.contains("uid 65534, is not adopted: it runs as uid 65534"), told);
        assertTrue(told.contains("hello/0#1: killed: pid " + worker.pid()), told);
        assertTrue(told.contains("hello/1#1: adopted"), told);
        assertEquals("hello/0#2", second.workers("hello").get(0).id(), told);
      }
    }
  }

  private void refused(List<String> as, String socket, WorkerInfo worker, String why)
      throws Exception {
    var command = new ArrayList<>(as);
    command.addAll(List.of(Python.required(), "-c", STRANGER, socket, worker.id()));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains(why) && said.endsWith("\n0\n"), said);
  }

  /** At random moments, most of them in the middle of something. */
  @Test
  @Tag("long")
  @Timeout(900)
  void thirtyKillsLoseNothingThatWasHandedOver() throws Exception {
    long seed = Long.getLong("baton.adoption.seed", System.nanoTime());
    System.out.println("baton.adoption.seed=" + seed);
    var random = new Random(seed);
    var conf = ConfFile.in(folder).tcp("shared").unix("unix").tcp("split").tcp("handed");
    conf.mode("split", "reuseport").dispatch("handed", "round-robin");
    pool(conf, "hello", "shared", "unix");
    pool(conf, "spread", "split");
    pool(conf, "given", "handed");
    var lives = new ArrayDeque<BatonProcess>();
    try (var load = new LoadGenerator()) {
      lives.push(BatonProcess.start(installation, conf));
      load.start(
          LoadPlan.newConnections(lives.peek().target("shared")).rate(RATE),
          LoadPlan.newConnections(lives.peek().target("unix")).rate(RATE),
          LoadPlan.newConnections(lives.peek().target("split")).rate(RATE),
          LoadPlan.newConnections(lives.peek().target("handed")).rate(RATE));
      for (int i = 1; i <= 30; i++) {
        var victim = lives.peek();
        var pool = List.of("hello", "spread", "given").get(random.nextInt(3));
        int what = random.nextInt(4);
        var busy =
            Executors.newSingleThreadExecutor()
                .submit(
                    () ->
                        what == 0
                            ? null
                            : what == 1
                                ? victim.run("restart", pool)
                                : what == 2
                                    ? victim.run("upgrade")
                                    : victim.run(
                                        "scale", pool, String.valueOf(2 + random.nextInt(2))));
        TimeUnit.MILLISECONDS.sleep(random.nextInt(2500)); // the moment is random, not waited for
        victim.kill9(victim.pid());
        victim.awaitExit(Duration.ofSeconds(5));
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1000));
        lives.push(BatonProcess.start(installation, conf));
        busy.get();
        System.out.println(
            "kill "
                + i
                + " ("
                + what
                + " "
                + pool
                + "): "
                + load.snapshot().lost()
                + " lost of "
                + load.snapshot().requests());
      }
      var report = load.stop();
      System.out.print(report);
      assertEquals(0, report.count(Outcome.REFUSED), report::toString);
      for (var part : report.parts().subList(0, 3)) {
        assertEquals(0, part.lost(), report::toString);
      }
      lives.peek().run("fds").expect(0);
    } finally {
      while (!lives.isEmpty()) {
        lives.pop().close();
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
