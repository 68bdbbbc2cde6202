package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.RestartRules.Policy;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every state of a slot and of its workers, explained; and what is announced then happens. */
class ExplainerTest {
  private static final RestartRules RULES =
      new RestartRules(
          Policy.ON_FAILURE,
          3,
          60 * Times.SECOND,
          new ExitSet(Set.of(0), Set.of()),
          new ExitSet(Set.of(78), Set.of()));

  private static PoolDriver pool(int target, int surge, int spares) {
    return new PoolDriver(Pool.create("p", Times.settings(surge, spares, RULES), target, 1));
  }

  private static PoolDriver serving() {
    return pool(1, 1, 0).event(new PoolEvent.Begin()).serves("0#1");
  }

  private static List<Explanation.Part> parts(PoolDriver p, int slot) {
    return Explainer.of(p.pool(), slot, p.now()).orElseThrow().parts();
  }

  private static Explanation.Part only(PoolDriver p) {
    assertEquals(1, parts(p, 0).size());
    return parts(p, 0).get(0);
  }

  private static void is(Explanation.Part part, String state, String why, String next) {
    assertEquals(state, part.state(), part::toString);
    assertTrue(part.why().stream().anyMatch(s -> s.contains(why)), () -> why + " in " + part);
    assertTrue(part.next().stream().anyMatch(s -> s.contains(next)), () -> next + " in " + part);
  }

  private static void since(long time, Explanation.Part part) {
    assertEquals(OptionalLong.of(time), part.sinceNanos(), part::toString);
  }

  @Test
  void aPoolThatHasNotBegunWaitsForOthers() {
    Explanation.Part part = only(pool(1, 1, 0));
    is(part, "waiting", "those that it comes after do not serve", "start once they do");
    assertEquals("p/0", part.subject());
    assertEquals(OptionalLong.empty(), part.sinceNanos());
  }

  @Test
  void aStartFromItsTurnToReady() {
    PoolDriver p = pool(1, 1, 0).event(new PoolEvent.Begin()).after(Times.SECOND);
    is(only(p), "queued", "its turn has not come", "when another start is over");
    p.worker("0#1", Kind.SPAWNED).after(20 * Times.SECOND);
    is(only(p), "starting", "has not said hello", "after 40 s it is too late");
    since(21 * Times.SECOND, only(p));
    p.worker("0#1", Kind.HELLO).after(5 * Times.SECOND);
    is(only(p), "handshaking", "has not said that it serves", "after 35 s it is too late");
    since(5 * Times.SECOND, only(p));
    p.worker("0#1", Kind.READY).after(Times.SECOND);
    is(only(p), "ready", "said that it serves; it is of generation 1", "nothing is due");
    is(only(p), "ready", "", "misses 3 heartbeats in a row, one every 5.0 s");
    since(Times.SECOND, only(p));
  }

  @Test
  void aLeaveFromDrainToKill() {
    PoolDriver p = serving().scale(0).after(10 * Times.SECOND);
    is(only(p), "draining", "no place 0 any more", "at the latest in 20 s");
    since(10 * Times.SECOND, only(p));
    p.after(20 * Times.SECOND).tick().after(Times.SECOND);
    is(only(p), "stopping", "did not drain within its deadline", "TERM in 9.0 s");
    p.after(9 * Times.SECOND).tick().after(Times.SECOND);
    is(only(p), "killing", "did not drain", "KILL in 1.0 s");
    p.after(Times.SECOND).tick().after(Times.SECOND);
    is(only(p), "killing", "did not drain", "KILL in 4.0 s");
    since(3 * Times.SECOND, only(p));
    p.crashes("0#1");
    is(only(p), "unwanted", "the pool has 0 slots", "scaled above 0");
  }

  @Test
  void aHungWorker() {
    PoolDriver p = serving().worker("0#1", Kind.HUNG).after(Times.SECOND);
    is(only(p), "hung", "because", "thread dump, and gets TERM in 2.0 s");
    is(only(p), "hung", "", "KILL follows 2.0 s after that");
  }

  @Test
  void aBackoffTellsWhenItIsOver() {
    PoolDriver p = serving().after(3 * Times.SECOND).crashes("0#1").after(Times.SECOND / 4);
    is(only(p), "backoff", "1 end so far", "p/0#2 starts in 0.8 s");
    is(only(p), "backoff", "the last 0.3 s ago: killed by SIGKILL", "reset p/0 starts it now");
    is(only(p), "backoff", "1 end in a row: the pause grows to at most 8.0 s", "");
    is(only(p), "backoff", "1 end within 1 min, of 3 that are allowed", "");
    since(Times.SECOND / 4, only(p));
    p.tickAfter(3 * Times.SECOND / 4);
    assertEquals("0#2 g1 STARTING", p.workers(), "as it was announced");
    is(only(p), "queued", "the last 1.0 s ago: killed by SIGKILL", "");
    p.serves("0#2");
    is(only(p), "ready", "1 end so far without having been told to", "");
  }

  @Test
  void aFailedSlotWaitsForAnOperator() {
    PoolDriver p = serving().worker("0#1", WorkerEvent.reaped(Exit.code(78)));
    is(only(p), "failed", "exit code 78, which is a permanent failure", "nothing by itself");
    p.after(100 * Times.SECOND);
    since(100 * Times.SECOND, only(p));
    p.event(new PoolEvent.Reset(OptionalInt.of(0)));
    is(only(p), "queued", "78", "");
  }

  @Test
  void theIntensityIsNamedWhenItFailsASlot() {
    PoolDriver p = serving();
    for (int run = 1; run < 4; run++) {
      p.crashes("0#" + run);
      p.after(p.pool().nextDeadline() - p.now()).tick();
    }
    is(only(p), "queued", "3 ends so far", "");
    p.crashes("0#4");
    is(only(p), "failed", "which is end 4 within 7 s; allowed: 3", "reset p/0, or a rollout");
  }

  @Test
  void whoIsDoneIsNoFailure() {
    PoolDriver p = serving().exits("0#1");
    is(only(p), "done", "exit code 0", "its last end is one that the pool expects");
  }

  @Test
  void aRolloutTellsOfBothWorkers() {
    PoolDriver p = pool(2, 1, 0).event(new PoolEvent.Begin()).serves("0#1").serves("1#1");
    p.restart(1);
    List<Explanation.Part> both = parts(p, 0);
    assertEquals(List.of("p/0#1", "p/0#2"), both.stream().map(Explanation.Part::subject).toList());
    is(both.get(0), "ready", "generation 1", "drains when p/0#2 of generation 2 serves");
    is(parts(p, 1).get(0), "ready", "generation 1", "to generation 2 has not come to this slot");
    p.worker("0#2", Kind.SPAWNED);
    is(parts(p, 0).get(1), "starting", "", "if it ends by itself, the rollout goes back");
    p.worker("0#2", Kind.HELLO).worker("0#2", Kind.READY);
    both = parts(p, 0);
    assertEquals(List.of("p/0#2", "p/0#1"), both.stream().map(Explanation.Part::subject).toList());
    is(both.get(0), "ready", "generation 2", "to generation 2 is done with this slot");
    is(both.get(1), "draining", "p/0#2 of generation 2 serves in its place", "drained");
    p.leaves("0#1").worker("1#2", Kind.SPAWNED).crashes("1#2");
    is(parts(p, 1).get(0), "ready", "generation 1", "back to generation 1 is done with this slot");
    is(parts(p, 0).get(0), "ready", "generation 2", "drains when p/0#3 of generation 1 serves");
  }

  @Test
  void aCanaryIsHeldAndPaused() {
    PoolDriver p = pool(2, 1, 0).event(new PoolEvent.Begin()).serves("0#1").serves("1#1");
    p.event(new PoolEvent.Restart(new RolloutPlan(1, 1, 30 * Times.SECOND, false)));
    is(parts(p, 1).get(0), "ready", "", "the canary comes first");
    p.serves("0#2").leaves("0#1").after(10 * Times.SECOND);
    is(parts(p, 1).get(0), "ready", "", "the canary is held for another 20 s");
    p.event(new PoolEvent.Pause());
    is(parts(p, 1).get(0), "ready", "", "it is paused until resume or abort");
  }

  @Test
  void aRecycledWorkerWaitsForItsSuccessor() {
    PoolDriver p = serving().after(Times.STABLE);
    p.event(new PoolEvent.Recycle(PoolDriver.id("0#1"), "maxAge"));
    is(parts(p, 0).get(0), "ready", "it is being recycled", "drains when p/0#2 serves, and stays");
  }

  @Test
  void spares() {
    PoolDriver p = pool(1, 1, 1).event(new PoolEvent.Begin());
    Explanation.Part place = parts(p, 1000).get(0);
    is(place, "empty", "a slot is without a serving worker", "p/1000#1 starts after that");
    p.serves("0#1").worker("1000#1", Kind.SPAWNED).worker("1000#1", Kind.HELLO);
    is(parts(p, 1000).get(0), "handshaking", "loads its plugin", "waits for a slot when");
    p.worker("1000#1", Kind.LOADED);
    is(parts(p, 1000).get(0), "spare", "without descriptors", "takes the place of the first");
    assertTrue(Explainer.of(p.pool(), 7, p.now()).isEmpty(), "there never was such a slot");
    p.worker("1000#1", WorkerEvent.reaped(Exit.code(78))).crashes("0#1");
    is(only(p), "backoff", "", "a spare takes its place at once, as soon as there is one");
  }

  @Test
  void aPoolThatStops() {
    PoolDriver p = serving().stop();
    is(only(p), "draining", "pool p is stopping", "drained");
    p.leaves("0#1");
    is(only(p), "stopped", "pool p is stopping", "nothing is started any more");
  }

  @Test
  void limitsOfRecyclingAreToldFromTheStart() {
    RecycleRules rules = new RecycleRules(100 * Times.SECOND, 50, 0, 256L << 20);
    PoolDriver p = serving().after(30 * Times.SECOND);
    List<String> told =
        new Recycling(rules, Times.BACKOFF)
            .outlook(p.find("0#1"), new Usage(40, 7, 100L << 20), p.now());
    assertEquals(3, told.size(), told::toString);
    assertTrue(told.get(0).matches("it is recycled at maxAge 1 min \\d+ s, now 30 s"), told.get(0));
    assertTrue(told.get(1).matches("it is recycled at maxConnections 4\\d, now 40"), told.get(1));
    assertTrue(told.get(2).contains("now 100 MiB"), told.get(2));
  }
}
