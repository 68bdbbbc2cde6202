package dev.baton.supervisor.core.dispatch;

/**
 * The worker with the fewest connections for its weight. Those it has not claimed yet count, or a
 * burst would go to one worker alone. Among equals, each in turn.
 */
public final class LeastConnections implements Policy {
  private int lastSlot = -1;

  /** Begins with the lowest slot. */
  public LeastConnections() {}

  @Override
  public int choose(Candidates candidates, long clientHash) {
    int size = candidates.size();
    int start = 0;
    while (start < size && candidates.slot(start) <= lastSlot) {
      start++;
    }
    int best = start % size;
    for (int step = 1; step < size; step++) {
      int i = (start + step) % size;
      if (lighter(candidates, i, best)) {
        best = i;
      }
    }
    lastSlot = candidates.slot(best);
    return best;
  }

  /** Compares load/weight without dividing. */
  private static boolean lighter(Candidates c, int a, int b) {
    return (long) c.load(a) * c.weight(b) < (long) c.load(b) * c.weight(a);
  }
}
