package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.DescriptorCounts;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.LoadReport;
import dev.baton.load.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promise 7: whatever a worker does, that worker is ended with a reason, everything else serves on,
 * and no descriptor of the supervisor is lost. Every mode of the unruly sample is a pool of one
 * instance, empty until the good pool is under load.
 */
@BatonTest
@Timeout(120)
class UnrulyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** Ended at once, and what the operator is told. */
  private static final Map<String, String> ENDED = new LinkedHashMap<>();

  /** Lives until it is asked to leave, and what the operator is told then; nothing where empty. */
  private static final Map<String, String> STUBBORN = new LinkedHashMap<>();

  static {
    ENDED.put("junk", "JSON.*killed by SIGKILL");
    ENDED.put("oversize", "65536 bytes.*killed by SIGKILL");
    ENDED.put("truncated", "JSON.*killed by SIGKILL");
    ENDED.put("extra-descriptors", "brought 1; killed by SIGKILL");
    ENDED.put("unknown-message", "unknown message type \"sing\"; killed by SIGKILL");
    ENDED.put("ready-twice", "said ready twice; killed by SIGKILL");
    ENDED.put("flood", "10000 messages a second; killed by SIGKILL");
    ENDED.put("exit-before-ready", "exit code 7");
    ENDED.put("throw-in-start", "unruly, as it was told; exit code \\d+");
    ENDED.put("never-ready", "not ready within 2000 ms; killed by SIGTERM|.*exit code 143");
    ENDED.put("crash", "killed by SIGKILL");
    ENDED.put("halt", "exit code 9");
    ENDED.put("out-of-memory", "exit code 3");
    STUBBORN.put("ignore-drain", "did not drain within its deadline");
    STUBBORN.put("ignore-stop", "did not exit when asked to; killed by SIGKILL");
    STUBBORN.put("hang", "did not drain within its deadline; killed by SIGKILL");
    STUBBORN.put("no-read", "did not drain within its deadline");
    STUBBORN.put("leak", "");
  }

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void thatWorkerEndsAndEverythingElseServesOn() throws Exception {
    try (var baton = BatonProcess.start(installation, conf());
        var load = new LoadGenerator()) {
      var good = baton.workers("hello");
      long pid = baton.pid();
      baton.status(); // so that what serving an operator opens is there
      var before = DescriptorCounts.settled(pid);
      load.start(LoadPlan.newConnections(baton.target("tcp")).rate(40));

      for (var mode : ENDED.keySet()) {
        scale(baton, mode, 1);
      }
      baton.awaitStatus(
          PATIENCE,
          "every misdeed was ended",
          status -> ENDED.keySet().stream().allMatch(mode -> last(status, mode).endsWith("down")));
      var status = baton.status();
      ENDED.forEach((mode, reason) -> assertReason(mode, reason, last(status, mode)));

      for (var mode : STUBBORN.keySet()) {
        scale(baton, mode, 1);
      }
      baton.awaitStatus(
          PATIENCE,
          "those that behave at first serve",
          now -> STUBBORN.keySet().stream().allMatch(mode -> last(now, mode).endsWith("serving")));
      for (var pool : everyMode()) {
        scale(baton, pool, 0);
      }
      baton.awaitStatus(
          PATIENCE,
          "none but the good workers is left",
          now -> everyMode().stream().allMatch(mode -> workers(now, mode).isEmpty()));
      var events = events(baton);
      STUBBORN.forEach((mode, reason) -> assertEvent(mode, reason, events));

      assertEquals(pid, baton.status().path("pid").asLong());
      assertEquals(
          good.stream().map(worker -> worker.pid()).toList(),
          baton.workers("hello").stream().map(worker -> worker.pid()).toList());
      var report = load.stop();
      assertNothingLost(report);
      before.awaitSame(pid);
    }
  }

  private ConfFile conf() {
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "hello",
        pool -> pool.sample(installation, Sample.HELLO).workers(2).listeners("tcp").heap("32m"));
    for (var mode : everyMode()) {
      conf.unix(mode);
      conf.pool(
          mode,
          pool ->
              pool.sample(installation, Sample.UNRULY)
                  .workers(0)
                  .listeners(mode)
                  .config("mode", mode)
                  .config("code", mode.equals("halt") ? 9 : 7)
                  .heap("32m")
                  // One life each: what comes after the first end is another test's.
                  .backoff(Duration.ofMinutes(5), Duration.ofMinutes(5))
                  .startTimeout(Duration.ofSeconds(mode.equals("never-ready") ? 2 : 30))
                  .drainTimeout(Duration.ofMillis(500))
                  .stopTimeout(Duration.ofMillis(500)));
    }
    return conf;
  }

  private static List<String> everyMode() {
    var all = new java.util.ArrayList<>(ENDED.keySet());
    all.addAll(STUBBORN.keySet());
    return all;
  }

  private static void scale(BatonProcess baton, String pool, int workers) throws IOException {
    var body = "{\"workers\":" + workers + "}";
    var path = "/v1/pools/" + pool + "/scale";
    var answer = Http.request(baton.conf().admin(), "POST", path, body, Duration.ofSeconds(10));
    assertEquals(200, answer.status(), answer::body);
  }

  private static JsonNode workers(JsonNode status, String pool) {
    for (var node : status.path("pools")) {
      if (node.path("name").asText().equals(pool)) {
        return node.path("workers");
      }
    }
    throw new AssertionError("no pool " + pool + " in " + status);
  }

  /** What the status says of the newest worker of a pool, and its state. */
  private static String last(JsonNode status, String pool) {
    var workers = workers(status, pool);
    var worker = workers.path(workers.size() - 1);
    return worker.path("text").asText() + " " + worker.path("state").asText();
  }

  private static void assertReason(String mode, String reason, String found) {
    assertTrue(Pattern.compile(reason).matcher(found).find(), () -> mode + ": " + found);
  }

  private static JsonNode events(BatonProcess baton) throws IOException {
    var answer = Http.get(baton.conf().admin(), "/v1/events?newest=1000");
    return new com.fasterxml.jackson.databind.ObjectMapper().readTree(answer.body());
  }

  private static void assertEvent(String mode, String reason, JsonNode events) {
    var told = new java.util.ArrayList<String>();
    for (var event : events.path("events")) {
      if (event.path("subject").asText().startsWith(mode + "/")) {
        told.add(event.path("text").asText());
      }
    }
    assertTrue(
        told.stream().anyMatch(text -> Pattern.compile(reason).matcher(text).find()),
        () -> mode + ": " + told);
  }

  private static void assertNothingLost(LoadReport report) {
    assertEquals(0, report.lost(), report::toString);
    assertEquals(0, report.count(Outcome.BAD), report::toString);
    assertTrue(report.count(Outcome.OK) > 100, report::toString);
  }
}
