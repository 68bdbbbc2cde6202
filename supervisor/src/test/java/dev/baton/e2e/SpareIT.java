package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.WorkerInfo;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker that waits takes the slot of one that died. */
@BatonTest
@Timeout(120)
class SpareIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int TIMES = 20;
  private static final long MOST_MILLIS = 50;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void aSpareTakesTheSlotOfAKilledWorkerAndNobodyIsRefused() throws Exception {
    killAndRestart("dispatch");
  }

  @ParameterizedTest
  @Tag("long")
  @ValueSource(strings = {"shared", "reuseport"})
  void inEveryMode(String mode) throws Exception {
    killAndRestart(mode);
  }

  private void killAndRestart(String mode) throws Exception {
    try (var baton = BatonProcess.start(installation, hello(1, mode));
        var load = new LoadGenerator()) {
      var spare = awaitSpare(baton);
      var victim = serving(baton);
      assertEquals(1, shared(baton, victim), "sockets that the worker was lent");
      assertEquals(0, shared(baton, spare), "sockets that the spare was lent");
      load.start(LoadPlan.newConnections(baton.target("tcp")).rate(100));
      baton.kill9(victim.pid());
      assertEquals(spare.pid(), answeredBy(baton.target("tcp"), victim.pid()));

      var taken = serving(baton);
      assertEquals(spare.pid(), taken.pid());
      assertEquals(0, taken.slot());
      assertNotEquals(victim.id(), taken.id());
      assertNotEquals(spare.pid(), awaitSpare(baton).pid());
      baton.run("restart", "web").expect(0);
      assertEquals(2, serving(baton).generation());
      assertTrue(baton.output().contains("takes the slot; it was spare web/1000#"), baton::output);

      var report = load.stop();
      assertEquals(0, report.count(Outcome.REFUSED), report::toString);
      assertEquals(0, report.count(Outcome.TIMEOUT), report::toString);
    }
  }

  @Test
  @Tag("long")
  @Timeout(600)
  void fromTheKillToTheFirstAnswer() throws Exception {
    long[] with = killAndAsk(1);
    long[] without = killAndAsk(0);
    System.out.printf(
        "kill -9 of the only worker to the first answer, median of %d: %d ms with a spare %s,"
            + " %d ms without %s%n",
        TIMES, median(with), Arrays.toString(with), median(without), Arrays.toString(without));
    assertTrue(median(with) < MOST_MILLIS, () -> "with a spare " + Arrays.toString(with) + " ms");
  }

  private long[] killAndAsk(int spares) throws Exception {
    long[] millis = new long[TIMES];
    try (var baton = BatonProcess.start(installation, hello(spares, "shared"))) {
      var target = baton.target("tcp");
      for (int i = 0; i < TIMES; i++) {
        if (spares > 0) {
          awaitSpare(baton);
        }
        long victim = serving(baton).pid();
        answeredBy(target, -1); // so that this client is as warm as it gets
        long start = System.nanoTime();
        baton.kill9(victim);
        answeredBy(target, victim);
        millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      }
    }
    return millis;
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  }

  /** One worker, which is started again at once however often it dies. */
  private ConfFile hello(int spares, String mode) {
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.mode("tcp", mode);
    return conf.pool(
        "web",
        pool ->
            pool.sample(installation, Sample.HELLO)
                .workers(1)
                .spares(spares)
                .listeners("tcp")
                .heap("48m")
                .set("backoff.stableAfter", "0ms")
                .set("backoff.intensity", 0));
  }

  private static WorkerInfo awaitSpare(BatonProcess baton) throws Exception {
    baton.awaitStatus(
        SOON,
        "a spare waits, and a worker serves",
        status -> {
          var text = status.at("/pools/0/workers").toString();
          return text.contains("\"state\":\"spare\"") && text.contains("\"state\":\"serving\"");
        });
    return only(baton, "spare");
  }

  private static WorkerInfo serving(BatonProcess baton) throws Exception {
    baton.awaitReady();
    return only(baton, "serving");
  }

  private static WorkerInfo only(BatonProcess baton, String state) throws IOException {
    List<WorkerInfo> workers = baton.workers("web");
    return workers.stream()
        .filter(w -> w.state().equals(state))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody is " + state + ": " + workers));
  }

  /** How many of the supervisor's sockets a worker has, too. */
  private static long shared(BatonProcess baton, WorkerInfo worker) throws IOException {
    var all = Proc.fds(baton.pid()).stream().map(Proc.Fd::target).toList();
    return Proc.fds(worker.pid()).stream()
        .filter(fd -> fd.isSocket() && all.contains(fd.target()))
        .count();
  }

  /** Asks until somebody else answers than the one who was killed; the pid. */
  private static long answeredBy(Target target, long killed) throws IOException {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        var response = Http.get(target, "/");
        assertEquals(200, response.status(), response::toString);
        long pid = new ObjectMapper().readTree(response.body()).path("pid").asLong();
        if (pid != killed) {
          return pid;
        }
      } catch (IOException e) {
        assertTrue(!e.getMessage().contains("refused"), e::toString); // else it was the dying one
      }
    }
    throw new AssertionError("nobody answers");
  }
}
