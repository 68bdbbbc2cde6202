package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One worker replaced by another of its generation, and who is next. */
class RecyclingTest {
  private static PoolDriver recycle(PoolDriver p, String worker) {
    return p.event(new PoolEvent.Recycle(PoolDriver.id(worker), "old"));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "3"})
  void theNewOneStartsFirstWhateverTheSurge(int surge) {
    PoolDriver p = recycle(PoolDriver.serving(2, surge), "1#1");
    assertEquals("0#1 g1 READY, 1#1 g1 READY, 1#2 g1 STARTING", p.workers());
    assertEquals(PoolState.SERVING, PoolState.of(p.pool()));
    p.serves("1#2");
    assertEquals("0#1 g1 READY, 1#1 g1 DRAINING, 1#2 g1 READY", p.workers());
    assertEquals(
        List.of(new Effect.RecycleOver(PoolDriver.id("1#1"), true)),
        p.of(Effect.RecycleOver.class));
    p.leaves("1#1");
    assertEquals("0#1 g1 READY, 1#2 g1 READY", p.workers());
    assertEquals(1, p.pool().generation());
    assertEquals(0, p.slot(1).restarts(), "it was told to leave");
  }

  @Test
  void oneAtATimeAndUntilTheOldOneIsGone() {
    PoolDriver p = recycle(PoolDriver.serving(2, 1), "0#1").forget();
    recycle(p, "1#1").serves("0#2");
    recycle(p, "1#1");
    assertEquals(List.of(), p.spawned());
    assertEquals(List.of(), p.of(Effect.Refused.class), "nobody asked");
    p.leaves("0#1");
    recycle(p, "1#1");
    assertEquals(List.of("1#2"), p.spawned());
  }

  @Test
  void notWhatDoesNotServeOrIsNotKnown() {
    PoolDriver p = PoolDriver.serving(2, 1).crashes("0#1").forget();
    recycle(recycle(p, "0#1"), "7#7");
    assertEquals(List.of(), p.effects());
    p.tickAfter(Times.SECOND).forget();
    assertEquals(List.of(), recycle(p, "1#1").spawned(), "while another slot comes up");
    p.serves("0#2").stop().forget();
    assertEquals(List.of(), recycle(p, "1#1").spawned());
  }

  @Test
  void aSuccessorThatDoesNotComeUpLeavesTheOldOneServing() {
    PoolDriver p = recycle(PoolDriver.serving(1, 1), "0#1").crashes("0#2");
    assertEquals("0#1 g1 READY", p.workers());
    assertEquals(Worker.NONE, p.pool().nextDeadline(), "no start follows by itself");
    assertEquals(0, p.slot(0).failures(), "nothing is held against the slot");
    assertEquals(1, p.slot(0).restarts());
    assertEquals(
        List.of(new Effect.RecycleOver(PoolDriver.id("0#1"), false)),
        p.of(Effect.RecycleOver.class));
    Effect.Note last = p.of(Effect.Note.class).get(p.of(Effect.Note.class).size() - 1);
    assertEquals(Effect.Note.Kind.WARNING, last.kind());
    assertTrue(last.text().startsWith("serves on, since p/0#2 did not come up: "), last.toString());
    recycle(p, "0#1").serves("0#3").leaves("0#1");
    assertEquals("0#3 g1 READY", p.workers());
  }

  @Test
  void aSuccessorThatIsLateDoes() {
    PoolDriver p = recycle(PoolDriver.serving(1, 1), "0#1").worker("0#2", Kind.SPAWNED);
    p.tickAfter(Times.START).crashes("0#2");
    assertEquals("0#1 g1 READY", p.workers());
  }

  @Test
  void whenTheOldOneDiesItsSuccessorIsOnItsWay() {
    PoolDriver p = recycle(PoolDriver.serving(1, 1), "0#1").crashes("0#1");
    assertEquals("0#2 g1 STARTING", p.workers());
    assertEquals(0, p.slot(0).failures());
    assertEquals(1, p.slot(0).restarts());
    p.crashes("0#2");
    assertEquals(1, p.slot(0).failures(), "now nobody is left");
    p.tickAfter(Times.SECOND).serves("0#3");
    assertEquals(List.of(), p.of(Effect.RecycleOver.class));
  }

  @Test
  void aRolloutComesFirst() {
    for (int surge = 0; surge < 2; surge++) {
      PoolDriver p = recycle(PoolDriver.serving(1, surge), "0#1").restart(surge);
      assertEquals(WorkerState.KILLING, p.find("0#2").state(), "it has no work");
      p.worker("0#2", Kind.SPAWNED).crashes("0#2").forget();
      if (surge == 0) {
        p.leaves("0#1").serves("0#3");
      } else {
        p.serves("0#3").leaves("0#1");
      }
      assertEquals(List.of("done g2"), p.verdicts());
      assertEquals("0#3 g2 READY", p.workers());
    }
  }

  @Test
  void scalingAndStoppingToo() {
    PoolDriver p = recycle(PoolDriver.serving(2, 1), "1#1").scale(1);
    assertEquals("0#1 g1 READY, 1#1 g1 DRAINING, 1#2 g1 KILLING", p.workers());
    p = recycle(PoolDriver.serving(1, 1), "0#1").stop();
    assertEquals("0#1 g1 DRAINING, 0#2 g1 KILLING", p.workers());
  }

  @Test
  void aSpareTakesThePlace() {
    PoolSettings settings = Times.settings(1, 1, RestartRules.ENDLESS);
    PoolDriver p =
        new PoolDriver(Pool.create("p", settings, 1, 1))
            .event(new PoolEvent.Begin())
            .serves("0#1")
            .waits("1000#1");
    recycle(p.forget(), "0#1");
    assertEquals("0#1 g1 READY, 0#2 g1 HANDSHAKING, 1000#2 g1 STARTING", p.workers());
    p.worker("0#2", Kind.READY).leaves("0#1");
    assertEquals("0#2 g1 READY, 1000#2 g1 STARTING", p.workers());
  }

  private static final long AGE = 1000 * Times.SECOND;

  private static Recycling by(long connections, long requests, long memory) {
    return new Recycling(new RecycleRules(AGE, connections, requests, memory), Times.BACKOFF);
  }

  private static Optional<String> next(Recycling r, PoolDriver p, Map<String, Usage> usage) {
    Map<WorkerId, Usage> known = new HashMap<>();
    usage.forEach((name, u) -> known.put(PoolDriver.id(name), u));
    return r.next(p.pool(), id -> known.getOrDefault(id, Usage.NONE), p.now())
        .map(e -> e.worker() + " " + e.why());
  }

  @Test
  void whoIsTheFurthestAboveALimitIsNext() {
    PoolDriver p = PoolDriver.serving(3, 1).after(Times.STABLE);
    Recycling r = by(100, 1000, 4L << 30);
    assertEquals(Optional.empty(), next(r, p, Map.of("0#1", new Usage(89, 899, 3L << 30))));
    Usage far = new Usage(250, 0, 0);
    Map<String, Usage> usage =
        Map.of("0#1", new Usage(150, 0, 0), "1#1", far, "2#1", new Usage(0, 1001, 5L << 30));
    assertEquals(Optional.of("p/1#1 maxConnections: 250 of 100"), next(r, p, usage));
    assertEquals(
        Optional.of("p/2#1 maxMemory: 5120 MiB of 4096 MiB"),
        next(r, p, Map.of("2#1", new Usage(0, 1001, 5L << 30))));
    assertEquals(
        Optional.of("p/2#1 maxRequests: 1001 of 1000"),
        next(r, p, Map.of("2#1", new Usage(0, 1001, 1))));
    assertEquals(Optional.empty(), next(new Recycling(RecycleRules.NONE, Times.BACKOFF), p, usage));
  }

  @Test
  void whoHasJustBegunIsLeftAlone() {
    PoolDriver p = PoolDriver.serving(1, 1).after(Times.STABLE - 1);
    Map<String, Usage> usage = Map.of("0#1", new Usage(250, 0, 0));
    assertEquals(Optional.empty(), next(by(100, 0, 0), p, usage));
    assertTrue(next(by(100, 0, 0), p.after(1), usage).isPresent());
  }

  @Test
  void workersThatBeganTogetherAreNotDueTogether() {
    PoolDriver p = PoolDriver.serving(20, 1);
    Recycling r = by(0, 0, 0);
    p.after(AGE * 9 / 10 - Times.SECOND);
    assertEquals(Optional.empty(), next(r, p, Map.of()));
    Set<Long> moments = new HashSet<>();
    for (int replaced = 0, second = 0; second <= 102; second++, p.after(Times.SECOND)) {
      Optional<PoolEvent.Recycle> due = r.next(p.pool(), id -> Usage.NONE, p.now());
      if (due.isPresent()) {
        replaced++;
        moments.add(p.now());
        int slot = due.get().worker().slot();
        recycle(p, slot + "#1").serves(slot + "#2").leaves(slot + "#1");
      }
      if (second == 101) {
        assertEquals(20, replaced, () -> p.workers());
      }
    }
    long span =
        (moments.stream().max(Long::compare).get() - moments.stream().min(Long::compare).get());
    assertTrue(span >= AGE / 20, () -> "all within " + span);
  }

  @Test
  void byTheScheduleTheOldestComesFirstAndEachOnce() {
    PoolDriver p = PoolDriver.serving(2, 1).after(Times.STABLE);
    recycle(p, "0#1").serves("0#2").leaves("0#1").after(Times.STABLE);
    Recycling r = by(0, 0, 0);
    r.scheduled(p.now());
    assertEquals(Optional.of("p/1#1 schedule: serves since 40 s"), next(r, p, Map.of()));
    recycle(p, "1#1");
    assertEquals(Optional.empty(), next(r, p, Map.of()), "while it goes on");
    p.after(1).serves("1#2").leaves("1#1");
    assertEquals(Optional.of("p/0#2 schedule: serves since 20 s"), next(r, p, Map.of()));
    recycle(p, "0#2").serves("0#3").leaves("0#2").after(2 * Times.STABLE);
    assertEquals(Optional.empty(), next(r, p, Map.of()));
  }

  @Test
  void afterAFailureItWaitsLongerEachTime() {
    PoolDriver p = PoolDriver.serving(1, 1).after(Times.STABLE);
    Recycling r = by(100, 0, 0);
    Map<String, Usage> usage = Map.of("0#1", new Usage(250, 0, 0));
    long[] delays = {1, 2, 4, 8, 8};
    for (long delay : delays) {
      r.over(new Effect.RecycleOver(PoolDriver.id("0#1"), false), p.now());
      assertEquals(Optional.empty(), next(r, p.after(delay * Times.SECOND - 1), usage));
      assertTrue(next(r, p.after(1), usage).isPresent());
    }
    r.over(new Effect.RecycleOver(PoolDriver.id("0#1"), true), p.now());
    assertTrue(next(r, p, usage).isPresent());
  }
}
