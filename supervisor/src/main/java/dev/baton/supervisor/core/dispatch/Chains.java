package dev.baton.supervisor.core.dispatch;

import java.util.Arrays;

/**
 * Doubly linked lists of places, threaded through arrays. Every place is in exactly one chain at
 * any time, so moving it is one operation and nothing can be in two or in none.
 */
final class Chains {
  static final int NONE = -1;

  private int[] of = {};
  private int[] next = {};
  private int[] previous = {};

  private int[] first = {};
  private int[] last = {};
  private int[] size = {};

  /** Makes room for so many chains; new ones are empty. */
  void chains(int count) {
    int old = first.length;
    if (count > old) {
      first = Arrays.copyOf(first, count);
      last = Arrays.copyOf(last, count);
      size = Arrays.copyOf(size, count);
      Arrays.fill(first, old, count, NONE);
      Arrays.fill(last, old, count, NONE);
    }
  }

  /** Makes room for so many places; new ones are in the given chain. */
  void places(int count, int chain) {
    int old = of.length;
    of = Arrays.copyOf(of, count);
    next = Arrays.copyOf(next, count);
    previous = Arrays.copyOf(previous, count);
    for (int place = old; place < count; place++) {
      append(place, chain);
    }
  }

  /** The chain that the place is in. */
  int of(int place) {
    return of[place];
  }

  /** The oldest place of the chain, or {@link #NONE}. */
  int first(int chain) {
    return first[chain];
  }

  int size(int chain) {
    return size[chain];
  }

  /** Takes the place out of its chain and puts it at the end of another. */
  void move(int place, int chain) {
    int from = of[place];
    int before = previous[place];
    int after = next[place];
    if (before == NONE) {
      first[from] = after;
    } else {
      next[before] = after;
    }
    if (after == NONE) {
      last[from] = before;
    } else {
      previous[after] = before;
    }
    size[from]--;
    append(place, chain);
  }

  private void append(int place, int chain) {
    int end = last[chain];
    of[place] = chain;
    next[place] = NONE;
    previous[place] = end;
    if (end == NONE) {
      first[chain] = place;
    } else {
      next[end] = place;
    }
    last[chain] = place;
    size[chain]++;
  }
}
