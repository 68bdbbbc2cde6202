package dev.baton.load;

/**
 * Counts of times in microseconds, in buckets that are at most 1.6 % wide: 64 to each power of two.
 * Takes no memory as it grows. Not for use by several threads at once.
 */
final class Histogram {
  private static final int BITS = 6;
  private static final int PER_POWER = 1 << BITS;
  private static final long LARGEST = (1L << 40) - 1;

  private final long[] counts = new long[index(LARGEST) + 1];
  private long total;
  private long max;

  void add(long micros) {
    long value = Math.min(Math.max(micros, 0), LARGEST);
    counts[index(value)]++;
    total++;
    max = Math.max(max, value);
  }

  void addAll(Histogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    total += other.total;
    max = Math.max(max, other.max);
  }

  Histogram copy() {
    var copy = new Histogram();
    copy.addAll(this);
    return copy;
  }

  long max() {
    return max;
  }

  /**
   * The smallest time that at least this part (0 to 1) of all counts do not exceed; 0 if there are
   * none.
   */
  long percentile(double part) {
    long rank = Math.max(1, (long) Math.ceil(total * part));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Math.min(max, upper(i));
      }
    }
    return max;
  }

  private static int index(long value) {
    if (value < PER_POWER) {
      return (int) value;
    }
    int shift = 63 - Long.numberOfLeadingZeros(value) - BITS;
    return shift * PER_POWER + (int) (value >>> shift);
  }

  private static long upper(int index) {
    if (index < 2 * PER_POWER) {
      return index;
    }
    int shift = index / PER_POWER - 1;
    return (((long) (index - shift * PER_POWER) + 1) << shift) - 1;
  }
}
