package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.PostMortem.Doing;
import dev.baton.supervisor.core.PostMortem.Findings;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PostMortemTest {
  private static final WorkerId ID = new WorkerId("pool", 0, 3);
  private static final long NOW = TimeUnit.SECONDS.toNanos(42);
  private static final Exit KILLED = Exit.signal(9);

  private final Worker starting = Worker.starting(ID, 1, 0);
  private final Worker ready = starting.readySince(1);

  private static PostMortem of(Worker w, Exit exit) {
    return PostMortem.of(w, exit, OptionalLong.empty(), NOW);
  }

  /** The signals that end a worker are not what it was about. */
  @Test
  void doingIsWhatItWasAboutBeforeItsEndBegan() {
    assertEquals(Doing.STARTING, of(starting, KILLED).doing());
    assertEquals(Doing.STARTING, of(in(starting, WorkerState.KILLING), KILLED).doing());
    assertEquals(Doing.STARTING, of(in(starting.retire(), WorkerState.KILLING), KILLED).doing());
    assertEquals(Doing.READY, of(ready, KILLED).doing());
    assertEquals(Doing.READY, of(in(ready, WorkerState.HUNG), KILLED).doing());
    assertEquals(Doing.READY, of(in(ready, WorkerState.STOPPING), KILLED).doing());
    assertEquals(Doing.DRAINING, of(in(ready.retire(), WorkerState.DRAINING), KILLED).doing());
    assertEquals(Doing.DRAINING, of(in(ready.retire(), WorkerState.KILLING), KILLED).doing());
    assertEquals(Doing.STOPPING, of(in(ready.retire(), WorkerState.STOPPING), KILLED).doing());
  }

  private static Worker in(Worker w, WorkerState state) {
    return w.in(state, Worker.NONE);
  }

  @Test
  void inWords() {
    PostMortem end =
        PostMortem.of(
            in(ready.because("has not answered 3 heartbeats"), WorkerState.KILLING),
            new Exit(0, 6, true),
            OptionalLong.of(1),
            NOW);
    assertEquals("has not answered 3 heartbeats; killed by SIGABRT (core dumped)", end.how());
    assertEquals("was ready, up 42 s, 1 connection open", end.circumstances());
    assertEquals(
        "out of memory: sign; was ready, up 42 s, 1 connection open; left a, b in /e/pool-0.3",
        end.with(new Findings("out of memory: sign", "/e/pool-0.3", List.of("a", "b"), List.of()))
            .circumstances());
    assertEquals("exit code 3", of(starting, Exit.code(3)).how());
    assertEquals("was starting, up 42 s", of(starting, Exit.code(3)).circumstances());
  }

  @Test
  void onlyWhoWasToldAndExitedByItselfIsInOrder() {
    assertTrue(of(ready.retire(), Exit.code(0)).inOrder());
    assertFalse(of(ready, Exit.code(0)).inOrder());
    assertFalse(of(ready.retire(), Exit.code(1)).inOrder());
    assertFalse(of(ready.retire(), KILLED).inOrder());
    assertFalse(of(ready.retire(), Exit.UNKNOWN).inOrder());
  }
}
