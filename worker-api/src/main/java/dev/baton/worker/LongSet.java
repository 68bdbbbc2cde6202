package dev.baton.worker;

import java.util.Arrays;

/**
 * Numbers of connections, each once: open addressing with linear probing, and nothing allocated for
 * a number. Numbers are not negative. Not thread-safe.
 */
final class LongSet {
  private static final long FREE = -1;
  private static final int FIRST_SIZE = 64; // a power of two, as every size
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private long[] table = empty(FIRST_SIZE);
  private int size;

  private static long[] empty(int places) {
    long[] table = new long[places];
    Arrays.fill(table, FREE);
    return table;
  }

  int size() {
    return size;
  }

  void add(long number) {
    if (2 * (size + 1) > table.length) {
      long[] before = table;
      table = empty(2 * before.length);
      for (long n : before) {
        if (n != FREE) {
          table[place(n)] = n;
        }
      }
    }
    int place = place(number);
    if (table[place] == FREE) {
      table[place] = number;
      size++;
    }
  }

  /** Where it is, or is to be. */
  private int place(long number) {
    int place = home(number);
    while (table[place] != FREE && table[place] != number) {
      place = place + 1 & table.length - 1;
    }
    return place;
  }

  private int home(long number) {
    return (int) (number * GOLDEN >>> 32) & table.length - 1;
  }

  /** Does nothing when it is not there. */
  void remove(long number) {
    int gap = place(number);
    if (table[gap] == FREE) {
      return;
    }
    size--;
    // Those behind it that are not at home move up, or a search for them would end at the gap.
    for (int at = gap + 1 & table.length - 1; table[at] != FREE; at = at + 1 & table.length - 1) {
      int distance = at - home(table[at]) & table.length - 1;
      if (distance >= (at - gap & table.length - 1)) {
        table[gap] = table[at];
        gap = at;
      }
    }
    table[gap] = FREE;
  }

  /** All, in no order. */
  long[] toArray() {
    return Arrays.stream(table).filter(n -> n != FREE).toArray();
  }
}
