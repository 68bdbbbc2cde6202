package dev.baton.supervisor.core.dispatch;

/**
 * From a connection's number to its place, without boxing. Open addressing with linear probing, at
 * most half full; a removal moves followers back, so there are no tombstones to clear.
 */
final class NumberMap {
  static final int NONE = -1;
  private static final int FIRST_SIZE = 512;

  private long[] numbers = new long[FIRST_SIZE];

  /** One more than the place, so that 0 means free. */
  private int[] places = new int[FIRST_SIZE];

  private int used;

  /** The place of the number, or {@link #NONE}. */
  int get(long number) {
    return places[cell(number)] - 1;
  }

  /** The number must not be there yet. */
  void put(long number, int place) {
    if (2 * (used + 1) > places.length) {
      grow();
    }
    set(number, place + 1);
    used++;
  }

  /** The number must be there. */
  void remove(long number) {
    int mask = places.length - 1;
    int hole = cell(number);
    for (int i = (hole + 1) & mask; places[i] != 0; i = (i + 1) & mask) {
      // Who would be found at the hole or before it moves there; the others stay reachable.
      if (((i - home(numbers[i])) & mask) >= ((i - hole) & mask)) {
        numbers[hole] = numbers[i];
        places[hole] = places[i];
        hole = i;
      }
    }
    places[hole] = 0;
    used--;
  }

  private void set(long number, int value) {
    int cell = cell(number);
    numbers[cell] = number;
    places[cell] = value;
  }

  /** Where the number is, or the free cell where it would be put. */
  private int cell(long number) {
    int mask = places.length - 1;
    int i = home(number);
    while (places[i] != 0 && numbers[i] != number) {
      i = (i + 1) & mask;
    }
    return i;
  }

  /** Fibonacci hashing: numbers mostly rise by one, and are spread over the whole table. */
  private int home(long number) {
    return (int) ((number * 0x9E3779B97F4A7C15L) >>> 33) & (places.length - 1);
  }

  private void grow() {
    long[] oldNumbers = numbers;
    int[] oldPlaces = places;
    numbers = new long[2 * oldNumbers.length];
    places = new int[numbers.length];
    for (int i = 0; i < oldPlaces.length; i++) {
      if (oldPlaces[i] != 0) {
        set(oldNumbers[i], oldPlaces[i]);
      }
    }
  }
}
