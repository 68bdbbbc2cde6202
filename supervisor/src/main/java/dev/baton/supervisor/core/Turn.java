package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One turn of a pool's machine: the state as it changes and the effects so far. */
final class Turn {
  final long now;
  Pool pool;
  private final List<Effect> effects = new ArrayList<>();

  Turn(Pool pool, long now) {
    this.pool = pool;
    this.now = now;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void note(String text) {
    add(new Effect.Note(Effect.Note.Kind.INFO, pool.name(), text));
  }

  Step<Pool> end() {
    return new Step<>(pool, effects);
  }

  /** Lets one worker take a step, and notes what it became. */
  void worker(WorkerId id, WorkerEvent event) {
    Slot slot = pool.slot(id.slot()).orElse(null);
    Worker before = slot == null ? null : slot.find(id).orElse(null);
    if (before == null) {
      return;
    }
    Step<Worker> step = new WorkerMachine(pool.settings(), now).step(before, event);
    Worker after = step.state();
    pool = pool.with(slot.with(after));
    step.effects().forEach(this::add);
    if (after.state() != before.state()) {
      noteChange(after);
    }
    if (after.state() == WorkerState.EXITED && !after.retired()) {
      ended(after);
    }
  }

  private void noteChange(Worker w) {
    boolean bad = !w.retired() && w.state().compareTo(WorkerState.READY) > 0;
    String text = w.state().name().toLowerCase(Locale.ROOT);
    add(
        new Effect.Note(
            bad ? Effect.Note.Kind.WARNING : Effect.Note.Kind.INFO,
            w.id().toString(),
            w.reason().isEmpty() ? text : text + ": " + w.reason()));
  }

  /** A worker has ended that was not told to: backoff, or the end of a rollout. */
  private void ended(Worker w) {
    Slot slot = pool.slot(w.id().slot()).orElseThrow();
    Backoff backoff = pool.settings().backoff();
    boolean stable = w.readyAt() != Worker.NONE && now - w.readyAt() >= backoff.stableAfter();
    int failures = stable ? 0 : slot.failures() + 1;
    long delay = stable ? 0 : backoff.delay(failures, salt(w.id()));
    boolean wanted = w.generation() == slot.generation();
    pool =
        pool.with(wanted ? slot.failed(failures, now + delay, w.reason()) : slot.lost(w.reason()));
    pool.rollout().ifPresent(r -> Settling.failed(this, r, w));
  }

  private static long salt(WorkerId id) {
    return ((long) id.pool().hashCode() << 32) ^ ((long) id.slot() << 20) ^ id.run();
  }

  void spawn(Slot slot) {
    WorkerId id = new WorkerId(pool.name(), slot.index(), slot.nextRun());
    Worker worker = Worker.starting(id, slot.generation(), now);
    pool = pool.with(slot.withNew(worker));
    add(new Effect.Spawn(id, slot.generation()));
  }
}
