package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Openers;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One worker asks for more than it may have; its limits hold, and nobody else notices. */
@BatonTest
@Timeout(120)
class OpenLimitsIT {
  private static final int PER_SECOND = 2_000;
  private static final int OPEN_AT_ONCE = 300;

  /**
   * Both CPUs are busy, so it waits for its turn, but not behind the flood, which takes seconds. Of
   * the medians: what else the machine does shows in the tail.
   */
  private static final int TIMES_AS_LONG = 25;

  private static final long LEAST_CALM_MICROS = 1_000;
  private static final int CALM_REQUESTS = 100;

  private final Installation installation = Installation.find();
  @TempDir Path temporary;
  private Path file;

  @BeforeEach
  void files() throws Exception {
    var root = Files.createDirectory(temporary.toRealPath().resolve("root"));
    file = Files.writeString(root.resolve("file"), "inside\n");
  }

  @Test
  void aFloodOfRequestsIsHeldBackAndAnotherPoolAnswersAsBefore() throws Exception {
    flood(10_000);
  }

  @Test
  @Tag("long")
  @Timeout(600)
  void aHundredThousandRequestsAndMore() throws Exception {
    flood(100_000);
    flood(1_000_000);
  }

  private void flood(int requests) throws Exception {
    var openers =
        new Openers(Files.createTempDirectory(temporary, "f"))
            .allow(file.getParent())
            .limit("perSecond", PER_SECOND)
            .limit("openAtOnce", OPEN_AT_ONCE);
    var conf = openers.conf().tcp("hello");
    conf.pool(
        "hello", pool -> pool.sample(installation, Sample.HELLO).listeners("hello").heap("32m"));
    try (var baton = BatonProcess.start(installation, conf);
        var client = new Openers.Client(baton);
        var load = new LoadGenerator()) {
      holds(client);
      long calm = calm(baton);
      load.start(LoadPlan.newConnections(baton.target("hello")).rate(300));
      long begin = System.nanoTime();
      var found = client.count("many", String.valueOf(requests), "1000", file.toString());
      double seconds = (System.nanoTime() - begin) / 1e9;
      var report = load.stop();
      System.out.printf("%s in %.2f s; before, median %d us; %s%n", found, seconds, calm, report);

      assertEquals(requests, found.values().stream().mapToLong(Long::longValue).sum());
      long opened = found.get("inside");
      assertEquals(requests - opened, found.getOrDefault("BUSY", 0L), found::toString);
      assertTrue(opened >= PER_SECOND && opened <= PER_SECOND * (seconds + 1), found::toString);
      assertEquals(0, report.lost(), report::toString);
      assertTrue(report.count(Outcome.OK) > 10, report::toString);
      assertTrue(
          report.p50Micros() <= TIMES_AS_LONG * Math.max(calm, LEAST_CALM_MICROS),
          () -> report + "before: " + calm);
    }
  }

  /** The median of the other pool's answers when nobody asks for files. */
  private static long calm(BatonProcess baton) throws Exception {
    try (var load = new LoadGenerator()) {
      load.start(LoadPlan.newConnections(baton.target("hello")).rate(300));
      Deadline.await(
          Duration.ofSeconds(30),
          CALM_REQUESTS + " answers",
          () -> load.snapshot().count(Outcome.OK) >= CALM_REQUESTS,
          () -> load.snapshot().toString());
      return load.stop().p50Micros();
    }
  }

  /** What it has opened already counts, whatever it is. */
  private void holds(Openers.Client client) throws Exception {
    for (int i = 0; i < 2; i++) {
      var answer = client.ask("hold", file.toString());
      assertTrue(
          answer.matches("held \\d+ BUSY .*" + OPEN_AT_ONCE + " descriptors are open.*"), answer);
      int held = Integer.parseInt(answer.split(" ")[1]);
      assertTrue(held > OPEN_AT_ONCE / 2 && held <= OPEN_AT_ONCE, answer);
      assertEquals("released", client.ask("release"));
    }
  }
}
