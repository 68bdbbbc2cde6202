package dev.baton.supervisor.core.dispatch;

import java.util.Arrays;

/**
 * Each slot in turn, as often as its weight says and spread evenly: weights 2 and 1 give A B A, not
 * A A B. Over as many choices as all weights together make, each slot gets exactly its weight, as
 * long as the same slots can take connections.
 *
 * <p>Smooth weighted round-robin, as in nginx's upstream module: every candidate earns its weight,
 * the richest is chosen and pays what all have earned together.
 */
public final class RoundRobin implements Policy {
  private long[] credit = new long[8];
  private long shape;

  /** Begins with the lowest slot. */
  public RoundRobin() {}

  @Override
  public int choose(Candidates candidates, long clientHash) {
    if (shape != candidates.shape()) { // the credit of a slot that left would skew the others
      shape = candidates.shape();
      Arrays.fill(credit, 0);
    }
    long earned = 0;
    int best = 0;
    for (int i = 0; i < candidates.size(); i++) {
      earned += candidates.weight(i);
      if (earn(candidates.slot(i), candidates.weight(i)) > credit[candidates.slot(best)]) {
        best = i;
      }
    }
    credit[candidates.slot(best)] -= earned;
    return best;
  }

  private long earn(int slot, int weight) {
    if (slot >= credit.length) {
      credit = Arrays.copyOf(credit, Math.max(slot + 1, 2 * credit.length));
    }
    return credit[slot] += weight;
  }
}
