package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a slot is in its state and what happens next, from the state of its pool alone. It says what
 * {@link WorkerMachine} and {@link Settling} will do, and decides nothing.
 */
public final class Explainer {
  private final Pool pool;
  private final Slot slot;
  private final long now;

  private Explainer(Pool pool, Slot slot, long now) {
    this.pool = pool;
    this.slot = slot;
    this.now = now;
  }

  /**
   * Of a slot, or of the place of a spare.
   *
   * @return empty when the pool has never had a place of this index
   */
  public static Optional<Explanation> of(Pool pool, int index, long now) {
    return pool.slot(index).map(slot -> new Explainer(pool, slot, now).explain());
  }

  private Explanation explain() {
    if (slot.workers().isEmpty()) {
      return new Explanation(List.of(new EmptyPlace(pool, slot, now).explain()));
    }
    return new Explanation(
        slot.workers().stream()
            .sorted(Comparator.comparing(w -> !w.serving()))
            .map(this::explain)
            .toList());
  }

  private Explanation.Part explain(Worker w) {
    List<String> why = new ArrayList<>();
    List<String> next = new ArrayList<>();
    switch (w.state()) {
      case STARTING -> starting(w, why, next);
      case HANDSHAKING -> handshaking(w, why, next);
      case SPARE -> {
        why.add("it has loaded the plugin and waits for a slot, without descriptors");
        next.add("it takes the place of the first worker that ends by itself");
        next.add("a rollout replaces it before it moves a slot");
      }
      case READY -> ready(w, why, next);
      case DRAINING -> {
        why.add("it takes no new work and finishes the old: " + toldWhy(w));
        next.add("it is asked to exit when it has drained, at the latest in " + left(w));
      }
      case STOPPING -> {
        why.add(w.reason().isEmpty() ? "it is about to exit: " + toldWhy(w) : w.reason());
        next.add("it exits by itself, or gets TERM in " + left(w));
      }
      case HUNG -> {
        why.add(w.reason());
        next.add("it was asked for a thread dump, and gets TERM in " + left(w));
        next.add("KILL follows " + Spans.words(pool.settings().termTimeout()) + " after that");
      }
      case KILLING -> {
        why.add(w.reason().isEmpty() ? "it did not serve yet: " + toldWhy(w) : w.reason());
        next.add("it was sent a signal to end, and gets KILL in " + left(w));
        next.add("KILL is sent again every few seconds until it is gone");
      }
      case EXITED -> why.add(w.reason());
    }
    if (slot.restarts() > 0) {
      why.add(new EmptyPlace(pool, slot, now).record());
    }
    return new Explanation.Part(
        w.id().toString(),
        w.queued() ? "queued" : w.state().name().toLowerCase(Locale.ROOT),
        OptionalLong.of(Math.max(0, now - w.since())),
        why,
        next);
  }

  private String left(Worker w) {
    return Spans.words(w.deadline() - now);
  }

  private void starting(Worker w, List<String> why, List<String> next) {
    if (w.queued()) {
      why.add("it has no process yet: starts wait for each other, and its turn has not come");
      next.add("its process is spawned when another start is over");
      return;
    }
    why.add("its process runs, and has not said hello");
    lateness(w, next);
  }

  private void handshaking(Worker w, List<String> why, List<String> next) {
    why.add(
        w.id().spare()
            ? "it has said hello and loads its plugin"
            : "it has said hello, and its plugin has not said that it serves");
    lateness(w, next);
  }

  private void lateness(Worker w, List<String> next) {
    next.add(
        (w.id().spare() ? "it waits for a slot when its plugin is loaded" : "it serves once ready")
            + "; after "
            + left(w)
            + " it is too late, and gets TERM");
    pool.rollout()
        .filter(r -> !r.goesBack() && w.generation() == r.to())
        .ifPresent(r -> next.add("if it ends by itself, the rollout goes back"));
  }

  private void ready(Worker w, List<String> why, List<String> next) {
    why.add("its plugin has said that it serves; it is of generation " + w.generation());
    Optional<Worker> successor = successor(w);
    if (w.outgoing()) {
      why.add("it is being recycled: one of the limits of recycle was reached");
      next.add(
          "it drains when "
              + successor.map(s -> s.id().toString()).orElse("its successor")
              + " serves, and stays if that one fails");
    } else if (w.generation() != slot.generation()) {
      next.add(
          "it drains when "
              + successor.map(s -> s.id().toString()).orElse("a worker")
              + " of generation "
              + slot.generation()
              + " serves in its slot");
    } else if (pool.rollout().isPresent()) {
      rollout(pool.rollout().get(), next);
    } else {
      next.add("nothing is due: it serves until it ends, is replaced or scaled away");
    }
    HeartbeatRules beat = pool.settings().heartbeat();
    if (beat.missed() > 0) {
      next.add(
          "it is taken for hung when it misses "
              + beat.missed()
              + " heartbeats in a row, one every "
              + Spans.words(beat.period()));
    }
  }

  private Optional<Worker> successor(Worker w) {
    return slot.workers().stream().filter(o -> o != w && o.promising()).findFirst();
  }

  private void rollout(Rollout r, List<String> next) {
    if (slot.generation() == r.aim()) {
      next.add(
          "the rollout "
              + (r.goesBack() ? "back to generation " + r.from() : "to generation " + r.to())
              + " is done with this slot");
    } else if (r.goesBack()) {
      next.add("its turn in the rollout back to generation " + r.from() + " comes");
    } else {
      next.add("the rollout to generation " + r.to() + " has not come to this slot" + stage(r));
    }
  }

  private String stage(Rollout r) {
    if (r.paused()) {
      return ": it is paused until resume or abort";
    }
    return switch (r.stage()) {
      case CANARY -> ": the canary comes first";
      case HOLD ->
          r.judgeAt() == Worker.NONE
              ? ": the canary is being judged"
              : ": the canary is held for another " + Spans.words(r.judgeAt() - now);
      case ALL -> ": it goes slot by slot";
    };
  }

  /** Who was told to leave has no reason of its own; the state tells it. */
  private String toldWhy(Worker w) {
    if (!w.reason().isEmpty()) {
      return w.reason();
    }
    if (pool.phase() != Pool.Phase.RUNNING) {
      return "pool " + pool.name() + " is stopping";
    }
    if (slot.goal() == Slot.Goal.STOP) {
      return "pool " + pool.name() + " has no place " + slot.index() + " any more";
    }
    return slot.first(Worker::serving)
        .map(s -> s.id() + " of generation " + s.generation() + " serves in its place")
        .orElse(
            w.generation() == slot.generation()
                ? "it was told to before, and is not called back"
                : "generation " + slot.generation() + " is wanted, and it is of " + w.generation());
  }
}
