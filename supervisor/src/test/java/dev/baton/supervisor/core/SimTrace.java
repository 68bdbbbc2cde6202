package dev.baton.supervisor.core;

import java.util.ArrayDeque;
import java.util.Deque;

/** What happened in a simulation: always as a hash, and on demand the last steps in words. */
final class SimTrace {
  private static final int KEPT = 40;

  private final boolean words;
  private final Deque<String> last = new ArrayDeque<>();
  private long hash = 17;

  SimTrace(boolean words) {
    this.words = words;
  }

  void add(long now, PoolEvent event, Step<Pool> step) {
    mix(now);
    mix(event.getClass().getSimpleName().hashCode());
    if (event instanceof PoolEvent.OfWorker e) {
      mix(e.worker().hashCode());
      mix(e.event().kind().ordinal());
    }
    for (Effect effect : step.effects()) {
      mix(effect.getClass().getSimpleName().hashCode());
      if (effect instanceof Effect.Note note) {
        mix(note.text().hashCode());
      }
    }
    mix(step.state().nextDeadline());
    if (words) {
      if (last.size() == KEPT) {
        last.removeFirst();
      }
      last.add(now / 1_000_000 + " ms: " + event + "\n    " + step.effects());
    }
  }

  private void mix(long value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15L;
    hash ^= hash >>> 29;
  }

  long hash() {
    return hash;
  }

  @Override
  public String toString() {
    return String.join("\n", last);
  }
}
