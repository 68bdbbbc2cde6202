package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

  /** A step of the rollout, for the journal and for whoever waits. */
  void step(String text) {
    note(text);
    add(new Effect.Progress(text));
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
      // A signal that we sent says nothing about the worker.
      boolean killed = before.state() == WorkerState.KILLING || before.state() == WorkerState.HUNG;
      ended(after, Optional.ofNullable(event.exit()).filter(exit -> !killed));
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

  /** A worker has ended that was not told to: another start, rest, or the end of a rollout. */
  private void ended(Worker w, Optional<Exit> byItself) {
    Slot place = pool.slot(w.id().slot()).orElseThrow();
    Slot slot = place.with(place.history().ended(now));
    if (w.generation() != slot.generation() || w.outgoing()) { // another is there or comes
      pool = pool.with(slot.with(slot.history().counted(w.reason())));
    } else if (slot.outgoing().isPresent()) {
      Replacing.failed(this, slot, w);
    } else {
      boolean tried =
          pool.rollout().filter(r -> !r.goesBack() && r.to() == w.generation()).isPresent();
      SlotHistory next =
          new Restarting(pool.settings(), now).after(slot.history(), w, byItself, tried);
      pool = pool.with(slot.with(next));
      noteRest(slot.index(), next);
    }
    pool.rollout().ifPresent(r -> Settling.failed(this, r, w));
  }

  private void noteRest(int slot, SlotHistory history) {
    switch (history.rest()) {
      case NONE -> {}
      case DONE -> note(words(slot) + " is done: " + history.lastEnd());
      case FAILED ->
          add(
              new Effect.Note(
                  Effect.Note.Kind.WARNING,
                  pool.name(),
                  words(slot) + " has failed until it is reset: " + history.lastEnd()));
    }
  }

  private static String words(int slot) {
    return (slot < WorkerId.FIRST_SPARE ? "slot " : "spare ") + slot;
  }

  /** A spare becomes the next worker of the slot. */
  void take(Slot slot, Worker spare) {
    WorkerId id = new WorkerId(pool.name(), slot.index(), slot.nextRun());
    pool = pool.with(pool.slot(spare.id().slot()).orElseThrow().without(spare.id()));
    pool = pool.with(slot.withNew(spare.as(id)));
    add(new Effect.Take(spare.id(), id));
    add(
        new Effect.Note(
            Effect.Note.Kind.INFO, id.toString(), "takes the slot; it was spare " + spare.id()));
    worker(id, WorkerEvent.of(WorkerEvent.Kind.TAKEN));
  }

  void spawn(Slot slot) {
    WorkerId id = new WorkerId(pool.name(), slot.index(), slot.nextRun());
    Worker worker = Worker.starting(id, slot.generation(), now);
    pool = pool.with(slot.withNew(worker));
    add(new Effect.Spawn(id, slot.generation(), slot.history().looping()));
  }
}
