package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.DescriptorCounts;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Edits of the configuration that a running instance takes over, under load. */
@BatonTest
class ReloadIT {
  private static final int EDITS = 50;
  private static final double RATE = 40;

  private final Installation installation = Installation.find();
  @TempDir Path folder;
  private ConfFile conf;

  private ConfFile hello() {
    conf = ConfFile.in(folder).tcp("web").tcp("api").tcp("own").unix("unix");
    conf.dispatch("api", "round-robin").mode("own", "reuseport");
    pool("hello", "web", "api", "own", "unix");
    return conf;
  }

  private void pool(String name, String... listeners) {
    conf.pool(
        name,
        pool ->
            pool.sample(installation, Sample.HELLO)
                .workers(2)
                .listeners(listeners)
                .heap("48m")
                .drainTimeout(Duration.ofSeconds(10)));
  }

  private static void load(BatonProcess baton, LoadGenerator load) throws IOException {
    var plans = new ArrayList<LoadPlan>();
    for (var name : List.of("web", "api", "own", "unix")) {
      plans.add(LoadPlan.newConnections(baton.target(name)).rate(RATE));
    }
    load.start(plans.toArray(LoadPlan[]::new));
  }

  private static void assertNothingLost(LoadReport report) {
    System.out.print(report);
    assertEquals(0, report.lost(), report::toString);
    assertEquals(0, report.count(Outcome.BAD), report::toString);
    assertEquals(0, report.count(Outcome.CLOSED_IDLE), report::toString);
  }

  private void remove(String key) {
    conf.remove(key);
  }

  /** Diff and reload say the same, and then there is no difference any more. */
  private String reload(BatonProcess baton) throws IOException, InterruptedException {
    conf.write();
    var foreseen = baton.run("diff").expect(0).stdout();
    var done = baton.run("reload").expect(0).stdout();
    for (var line : foreseen.lines().toList()) {
      assertTrue(done.contains(line), () -> line + " in\n" + done);
    }
    assertEquals("nothing has changed\n", baton.run("diff").expect(0).stdout());
    return done;
  }

  private static List<Long> pids(BatonProcess baton, String pool) throws IOException {
    return baton.workers(pool).stream().map(WorkerInfo::pid).toList();
  }

  @Test
  @Timeout(300)
  void whatDiffersIsDoneAndNobodyNotices() throws Exception {
    try (var baton = BatonProcess.start(installation, hello());
        var load = new LoadGenerator()) {
      var before = DescriptorCounts.settled(baton.pid());
      var first = pids(baton, "hello");
      load(baton, load);

      conf.set("listeners.web.backlog", 100)
          .pool("hello", p -> p.surge(2).set("backoff.max", "9s"));
      assertTrue(reload(baton).contains("listener web: changed: backlog\n"));
      assertEquals(first, pids(baton, "hello"), "nobody is restarted for that");

      conf.dispatch("web", "round-robin").mode("api", "shared");
      conf.tcp("more");
      pool("second", "more");
      reload(baton);
      assertTrue(pids(baton, "hello").stream().noneMatch(first::contains));
      assertEquals(200, Http.get(baton.target("more"), "/").status());

      var more = baton.target("more");
      remove("pools.second");
      remove("listeners.more");
      conf.mode("web", "shared").dispatch("api", "least-connections");
      conf.pool("hello", p -> p.workers(1));
      reload(baton);
      assertThrows(ConnectException.class, () -> SocketChannel.open(more.address()).close());

      var second = pids(baton, "hello");
      conf.pool("hello", p -> p.plugin("dev.baton.samples.NoSuchWorker")).write();
      var failed = baton.run("reload").expect(1);
      assertTrue(
          failed.stdout().contains("pool hello: rolled: plugin: failed: "), failed::toString);
      assertEquals(second, pids(baton, "hello"));

      Files.writeString(conf.path(), conf.text() + "poools: {}\n");
      var wrong = baton.run("reload").expect(100);
      assertTrue(wrong.stderr().contains("poools"), wrong::toString);
      var asked = Http.request(conf.admin(), "POST", "/v1/reload", "", Duration.ofSeconds(20));
      assertEquals(422, asked.status(), asked::toString);
      assertTrue(asked.body().contains("poools"), asked::toString);

      pool("hello", "web", "api", "own", "unix");
      reload(baton);
      assertEquals(2, baton.workers("hello").stream().filter(WorkerInfo::serving).count());

      assertNothingLost(load.stop());
      before.awaitSame(baton.pid());
    }
  }

  /** After each edit the instance is as if it had just been started with that file. */
  @Test
  @Tag("long")
  @Timeout(1800)
  void fiftyRandomEdits() throws Exception {
    long seed = Long.getLong("baton.test.seed", new Random().nextLong());
    System.out.println("baton.test.seed=" + seed);
    var random = new Random(seed);
    try (var baton = BatonProcess.start(installation, hello());
        var load = new LoadGenerator()) {
      load(baton, load);
      for (int i = 0; i < EDITS; i++) {
        edit(random);
        System.out.println("edit " + i + ":\n" + reload(baton).indent(4));
        assertAsStarted(baton);
      }
      assertNothingLost(load.stop());
    }
  }

  private void edit(Random random) {
    switch (random.nextInt(9)) {
      case 0 -> conf.pool("hello", p -> p.workers(1 + random.nextInt(3)));
      case 1 -> conf.pool("hello", p -> p.set("environment.EDIT", "" + random.nextInt(9)));
      case 2 -> conf.set("listeners.web.backlog", 64 + random.nextInt(64));
      case 3 -> {
        if (random.nextBoolean()) {
          conf.mode("web", "shared");
        } else {
          conf.dispatch("web", "least-connections");
        }
      }
      case 4 -> conf.dispatch("api", random.nextBoolean() ? "client-hash" : "round-robin");
      case 5 -> conf.pool("hello", p -> p.spares(random.nextInt(2)).surge(1 + random.nextInt(2)));
      case 6 -> conf.pool("hello", p -> p.stopTimeout(Duration.ofSeconds(2 + random.nextInt(5))));
      case 7 -> {
        conf.tcp("more");
        pool("second", "more");
      }
      default -> {
        remove("pools.second");
        remove("listeners.more");
      }
    }
  }

  private void assertAsStarted(BatonProcess baton) throws IOException, InterruptedException {
    baton.awaitStatus(
        Duration.ofSeconds(60),
        "all that the file asks for",
        status -> {
          for (var pool : status.path("pools")) {
            var name = pool.path("name").asText();
            long wanted = conf.number("pools." + name + ".workers");
            long serving = 0;
            for (var worker : pool.path("workers")) {
              serving += worker.path("state").asText().equals("serving") ? 1 : 0;
            }
            if (serving != wanted || pool.path("target").asLong() != wanted) {
              return false;
            }
          }
          var listeners = new ArrayList<String>();
          for (var listener : status.path("listeners")) {
            listeners.add(listener.path("name").asText() + " " + listener.path("mode").asText());
          }
          return listeners.containsAll(conf.modes()) && listeners.size() == conf.modes().size();
        });
  }
}
