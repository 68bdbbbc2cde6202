package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Greeters;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.ServingWatch;
import dev.baton.load.LoadGenerator;
import dev.baton.load.LoadPlan;
import dev.baton.load.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers are replaced in time, one by one, and no client notices. */
@BatonTest
@Timeout(300)
class RecyclingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final List<String> MODES = List.of("shared", "dispatch", "reuseport");
  private static final double RATE = 60;
  private static final int KEPT = 10;

  private final Installation installation = Installation.find();
  private final ConfFile conf;

  RecyclingIT(@TempDir Path folder) {
    conf = ConfFile.in(folder);
  }

  /** Each so that it comes soon, and again. */
  enum Rule {
    MAX_AGE("maxAge", "3s"),
    MAX_CONNECTIONS("maxConnections", 60),
    MAX_REQUESTS("maxRequests", 60),
    MAX_MEMORY("maxMemory", "2m"),
    SCHEDULE("schedule", "* * * * *");

    private final String key;
    private final Object value;

    Rule(String key, Object value) {
      this.key = key;
      this.value = value;
    }
  }

  /** Two workers with a listener of each mode. */
  @Test
  void underLoadNothingIsLost() throws Exception {
    recycle(Rule.MAX_CONNECTIONS, Map.of("all", MODES));
  }

  @ParameterizedTest
  @Tag("long")
  @EnumSource
  void byEachRuleInEachMode(Rule rule) throws Exception {
    recycle(rule, MODES.stream().collect(Collectors.toMap(mode -> mode, List::of)));
  }

  /**
   * Pools of two.
   *
   * @param pools the modes of each one's listeners
   */
  private void recycle(Rule rule, Map<String, List<String>> pools) throws Exception {
    MODES.forEach(mode -> conf.tcp(mode).mode(mode, mode));
    pools.forEach((name, modes) -> pool(name, modes, rule));
    try (var baton = BatonProcess.start(installation, conf);
        var load = new LoadGenerator();
        var watch = new ServingWatch(baton)) {
      load.start(plan(rule, baton, 0), plan(rule, baton, 1), plan(rule, baton, 2));
      baton.awaitStatus(
          PATIENCE, "every slot is recycled by " + rule, status -> allRecycled(pools.keySet()));
      var report = load.stop();
      System.out.print(report);
      assertEquals(0, report.lost(), report::toString);
      assertEquals(0, report.count(Outcome.BAD), report::toString);
      assertEquals(0, report.count(Outcome.CLOSED_IDLE), report::toString);
      for (var pool : pools.keySet()) {
        var events = events(pool);
        var why = "is recycled: " + rule.key + ": ";
        assertTrue(events.values().stream().allMatch(t -> t.startsWith(why)), events::toString);
        assertEquals(2L, watch.fewest().get(pool), () -> "too few served: " + events);
        assertEquals(1, baton.workers(pool).get(0).generation());
      }
    }
  }

  private void pool(String name, List<String> listeners, Rule rule) {
    conf.pool(
        name,
        pool ->
            pool.sample(installation, rule == Rule.MAX_REQUESTS ? Sample.HTTP : Sample.HELLO)
                .workers(2)
                .listeners(listeners.toArray(String[]::new))
                .heap("48m")
                .set("backoff.stableAfter", "1s")
                .set("heartbeat.period", "200ms")
                .set("recycle." + rule.key, rule.value));
  }

  /** Only the sample that counts its requests keeps connections. */
  private static LoadPlan plan(Rule rule, BatonProcess baton, int mode) throws IOException {
    var target = baton.target(MODES.get(mode));
    return rule == Rule.MAX_REQUESTS
        ? LoadPlan.keepAlive(target, KEPT).rate(RATE)
        : LoadPlan.newConnections(target).rate(RATE);
  }

  private boolean allRecycled(Set<String> pools) {
    try {
      for (var pool : pools) {
        var slots = new HashSet<Integer>();
        events(pool).keySet().forEach(id -> slots.add(Greeters.slot(id)));
        if (slots.size() < 2) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Of all that were recycled and are gone, why; checks that it was one at a time. */
  private Map<String, String> events(String pool) throws IOException {
    var why = new TreeMap<String, String>();
    String recycled = null;
    var body = Http.get(conf.admin(), "/v1/events?newest=1000").body();
    for (JsonNode event : new ObjectMapper().readTree(body).path("events")) {
      var subject = event.path("subject").asText();
      var text = event.path("text").asText();
      if (subject.startsWith(pool + "/") && text.startsWith("is recycled: ")) {
        assertNull(recycled, () -> subject + " before the other was gone: " + body);
        recycled = subject;
        why.put(subject, text);
      } else if (subject.equals(recycled) && text.startsWith("exited")) {
        recycled = null;
      }
    }
    why.remove(String.valueOf(recycled));
    return why;
  }
}
