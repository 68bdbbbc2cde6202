package dev.baton.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Why a slot, or the place of a spare, has no worker, and what it remembers of those it had. */
final class EmptyPlace {
  private final Pool pool;
  private final Slot slot;
  private final long now;
  private final String place;
  private final List<String> why = new ArrayList<>();
  private final List<String> next = new ArrayList<>();

  EmptyPlace(Pool pool, Slot slot, long now) {
    this.pool = pool;
    this.slot = slot;
    this.now = now;
    place = pool.name() + "/" + slot.index();
  }

  Explanation.Part explain() {
    String state = state();
    OptionalLong since = sinceEnd();
    return new Explanation.Part(place, state, since, why, next);
  }

  private OptionalLong sinceEnd() {
    long ended = slot.history().endedAt();
    return ended == Worker.NONE ? OptionalLong.empty() : OptionalLong.of(now - ended);
  }

  private String state() {
    switch (pool.phase()) {
      case NEW -> {
        why.add("pool " + pool.name() + " has not begun: those that it comes after do not serve");
        next.add("its workers start once they do");
        return "waiting";
      }
      case STOPPING, STOPPED -> {
        why.add("pool " + pool.name() + " is stopping");
        next.add("nothing is started any more");
        return "stopped";
      }
      case RUNNING -> {}
    }
    if (slot.goal() == Slot.Goal.STOP) {
      why.add("the pool has " + pool.target() + " slots, and this is none of them");
      next.add("it gets a worker when the pool is scaled above " + slot.index());
      return "unwanted";
    }
    if (slot.restarts() > 0) {
      why.add(record());
    }
    return switch (slot.rest()) {
      case FAILED -> {
        next.add("nothing by itself: reset " + place + ", or a rollout, starts it again");
        yield "failed";
      }
      case DONE -> {
        next.add("nothing: its last end is one that the pool expects");
        next.add("reset " + place + ", or a rollout, starts it again");
        yield "done";
      }
      case NONE -> due();
    };
  }

  private String due() {
    String successor = place + "#" + slot.nextRun();
    if (slot.retryAt() > now) {
      backoff();
      next.add(successor + " starts in " + Spans.words(slot.retryAt() - now));
      if (pool.settings().spares() > 0 && slot.index() < WorkerId.FIRST_SPARE) {
        next.add(
            slot.history().spareAt() > now
                ? "a spare may take its place then, too"
                : "a spare takes its place at once, as soon as there is one");
      }
      next.add("reset " + place + " starts it now");
      return "backoff";
    }
    if (slot.index() >= WorkerId.FIRST_SPARE && !Spares.mayStart(pool)) {
      why.add("a slot is without a serving worker, and comes first");
      next.add(successor + " starts after that");
    } else {
      next.add(successor + " is about to start");
    }
    return "empty";
  }

  private void backoff() {
    Backoff backoff = pool.settings().backoff();
    why.add(
        ends(slot.failures())
            + " in a row: the pause grows to at most "
            + Spans.words(backoff.max())
            + ", and a worker that was ready for "
            + Spans.words(backoff.stableAfter())
            + " sets it back");
    RestartRules rules = pool.settings().restarts();
    if (rules.intensity() > 0) {
      long recent =
          slot.history().recent().stream().filter(then -> now - then < rules.period()).count();
      why.add(
          ends((int) recent)
              + " within "
              + Spans.words(rules.period())
              + ", of "
              + rules.intensity()
              + " that are allowed; one more than that and the slot is failed");
    }
  }

  /** What the place remembers of ends that nobody had asked for. */
  String record() {
    String ago = sinceEnd().isPresent() ? Spans.words(sinceEnd().getAsLong()) + " ago" : "";
    return ends(slot.restarts())
        + " so far without having been told to, the last "
        + ago
        + ": "
        + slot.lastEnd();
  }

  private static String ends(int count) {
    return count == 1 ? "1 end" : count + " ends";
  }
}
