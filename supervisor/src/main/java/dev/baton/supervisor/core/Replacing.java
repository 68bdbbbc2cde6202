package dev.baton.supervisor.core;

import java.util.Optional;

/**
 * Recycling of one worker of a pool at a time: it is marked as outgoing, at which its slot starts
 * another of the same generation, whatever the surge, and it leaves once that one serves. Where
 * that one ends before, it stays; nobody but a slot without a worker has anything to catch up on.
 */
final class Replacing {
  private Replacing() {}

  static void begin(Turn turn, PoolEvent.Recycle event) {
    Optional<Slot> slot = turn.pool.slots().stream().filter(s -> has(s, event.worker())).findAny();
    if (slot.isEmpty() || !mayBegin(turn.pool)) {
      return;
    }
    Worker worker = slot.get().find(event.worker()).orElseThrow();
    turn.pool = turn.pool.with(slot.get().with(worker.outgoing(true)));
    turn.add(
        new Effect.Note(
            Effect.Note.Kind.INFO, worker.id().toString(), "is recycled: " + event.why()));
  }

  private static boolean has(Slot slot, WorkerId worker) {
    return slot.goal() == Slot.Goal.RUN && slot.settled() && slot.find(worker).isPresent();
  }

  /** Whether all is quiet: then a worker more is what a rollout would cost at the least, too. */
  static boolean mayBegin(Pool pool) {
    return pool.phase() == Pool.Phase.RUNNING
        && pool.rollout().isEmpty()
        && pool.slots().stream().noneMatch(s -> moves(s, pool.generation()));
  }

  private static boolean moves(Slot slot, int generation) {
    return slot.goal() == Slot.Goal.RUN
        && (slot.generation() != generation || slot.workers().size() > 1 || slot.comingUp());
  }

  /** Who is outgoing leaves when another serves. */
  static void settle(Turn turn, Slot slot) {
    Optional<Worker> outgoing = slot.outgoing().filter(w -> slot.served());
    if (outgoing.isPresent()) {
      turn.add(new Effect.RecycleOver(outgoing.get().id(), true));
      Settling.retire(turn, outgoing.get());
    }
  }

  /** The other one has ended by itself before it served. */
  static void failed(Turn turn, Slot slot, Worker other) {
    Worker outgoing = slot.outgoing().orElseThrow();
    turn.pool =
        turn.pool.with(
            slot.with(outgoing.outgoing(false)).with(slot.history().counted(other.reason())));
    turn.add(
        new Effect.Note(
            Effect.Note.Kind.WARNING,
            outgoing.id().toString(),
            "serves on, since " + other.id() + " did not come up: " + other.reason()));
    turn.add(new Effect.RecycleOver(outgoing.id(), false));
  }

  /** Whoever is outgoing stays, for now. */
  static void giveUp(Turn turn) {
    for (Slot slot : turn.pool.slots()) {
      if (slot.outgoing().isPresent()) {
        slot.workers().stream().filter(w -> !w.outgoing()).forEach(w -> Settling.retire(turn, w));
        Slot left = turn.pool.slot(slot.index()).orElseThrow();
        turn.pool = turn.pool.with(left.with(slot.outgoing().get().outgoing(false)));
      }
    }
  }
}
