package dev.baton.supervisor.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.admin.FakeOperations;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkerView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final int WARM = 1000;

  /** A hundred bytes a scrape; a single figure that stays takes more. */
  private static final long MOST_GROWTH = 1 << 20;

  private final Metrics metrics = new Metrics();

  private static List<String> ours(String text) {
    return text.lines().filter(l -> l.startsWith("baton_")).sorted().toList();
  }

  private static void assertHas(String text, String line) {
    assertTrue(text.lines().anyMatch(line::equals), () -> line + " is not in\n" + text);
  }

  @Test
  void whatIsInTheStateIsInTheFigures() {
    String text = metrics.scrape(FakeOperations.sample());
    assertHas(text, "baton_instance{name=\"demo\",version=\"0.1.0\"} 1.0");
    assertHas(text, "baton_supervisor_uptime_seconds 3700.0");
    assertHas(text, "baton_listener_accepted_total{listener=\"chat\"} 205.0");
    assertHas(text, "# TYPE baton_listener_accepted_total counter");
    assertHas(text, "baton_listener_open{listener=\"chat\"} 3.0");
    assertHas(text, "baton_pool_target{pool=\"hello\"} 2.0");
    assertHas(text, "baton_pool_state{pool=\"web\",state=\"down\"} 1.0");
    assertHas(text, "baton_pool_state{pool=\"web\",state=\"serving\"} 0.0");
    assertHas(text, "baton_pool_workers{pool=\"hello\",state=\"serving\"} 2.0");
    assertHas(text, "baton_slot_restarts_total{pool=\"web\",slot=\"0\"} 7.0");
    assertHas(
        text, "baton_worker_claimed_total{pool=\"hello\",slot=\"1\",worker=\"hello/1#6\"} 200.0");
    assertHas(text, "baton_open_service_refused_total 5.0");
    assertTrue(text.contains("jvm_memory_used_bytes{"), text);
  }

  @Test
  void valuesFollowTheState() {
    metrics.scrape(FakeOperations.sample());
    StatusView status = FakeOperations.sample();
    StatusView later =
        Scrapes.with(status, 1, List.of(new PoolView("hello", 4, 3, "restarting", List.of())));
    String text = metrics.scrape(later);
    assertHas(text, "baton_pool_generation{pool=\"hello\"} 4.0");
    assertTrue(!text.contains("pool=\"web\""), text);
    assertTrue(!text.contains("hello/1#6"), text);
  }

  @Test
  void aProcessIsLookedAt() {
    ProcessFigures self = ProcessFigures.read(ProcessHandle.current().pid()).orElseThrow();
    assertTrue(self.residentBytes() > 10 << 20, self::toString);
    assertTrue(self.threads() > 1, self::toString);
    assertTrue(self.cpuSeconds() > 0, self::toString);
    assertTrue(self.descriptors().orElseThrow() > 3, self::toString);
    assertEquals(Optional.empty(), ProcessFigures.read(999_999_999));
  }

  @Test
  void whatWorkersSayOfThemselves() {
    String text = metrics.scrape(FakeOperations.sample());
    String labels = "{pool=\"hello\",slot=\"1\",worker=\"hello/1#6\"}";
    assertHas(text, "baton_worker_connections_total" + labels + " 230.0");
    assertHas(text, "baton_worker_requests_total" + labels + " 4000.0");
    assertHas(text, "baton_worker_failed_requests_total" + labels + " 2.0");
    assertHas(text, "baton_worker_request_seconds_total" + labels + " 9.0");
    assertHas(text, "baton_worker_jvm_heap_used_bytes" + labels + " 3.145728E7");
    assertHas(text, "baton_worker_jvm_collections_total" + labels + " 12.0");
    assertHas(text, "baton_worker_jvm_collection_seconds_total" + labels + " 0.345");
    assertHas(text, "baton_listener_claim_seconds_total{listener=\"chat\"} 0.06");
    assertTrue(!text.contains("requests_total{pool=\"hello\",slot=\"0\""), text);
  }

  /** Each scrape sees other workers; what was there before must not stay, nor take memory. */
  @Test
  void tenThousandScrapesLeaveNothingBehind() {
    int before = ours(metrics.scrape(workerRun(0))).size();
    for (int run = 1; run <= WARM; run++) {
      metrics.scrape(workerRun(run));
    }
    long used = usedAfterCollection();
    for (int run = WARM + 1; run <= WARM + 10_000; run++) {
      metrics.scrape(workerRun(run));
    }
    String last = metrics.scrape(workerRun(1));
    assertEquals(before, ours(last).size(), last);
    long grown = usedAfterCollection() - used;
    assertTrue(grown < MOST_GROWTH, "the heap has grown by " + grown + " bytes");
  }

  /** What is reachable; the least of some looks, since collections do not end at once. */
  private static long usedAfterCollection() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static StatusView workerRun(int run) {
    long nobody = 999_999_999;
    WorkerView w = new WorkerView("hello/0#" + run, 0, nobody, 1, "serving", 1, run, "ready", "");
    return Scrapes.with(
        FakeOperations.sample(),
        nobody,
        List.of(new PoolView("hello", 1, 1, "serving", List.of(w))));
  }
}
