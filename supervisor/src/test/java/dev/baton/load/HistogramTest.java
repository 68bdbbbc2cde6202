package dev.baton.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {

  @Test
  void percentilesAreNeverTooLowAndAtMostTwoPercentTooHigh() {
    var random = new Random(42);
    var values = random.longs(10_000, 0, 24).map(power -> random.nextLong(2L << power)).toArray();
    var histogram = new Histogram();
    for (long value : values) {
      histogram.add(value);
    }
    Arrays.sort(values);
    for (double part : new double[] {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1}) {
      long exact = values[(int) Math.ceil(values.length * part) - 1];
      long found = histogram.percentile(part);
      assertTrue(found >= exact && found <= exact * 1.02 + 1, part + ": " + found + " " + exact);
    }
    assertEquals(values[values.length - 1], histogram.max());
  }

  @Test
  void emptyAndExtremeValues() {
    var histogram = new Histogram();
    assertEquals(0, histogram.percentile(0.99));
    histogram.add(-5);
    histogram.add(Long.MAX_VALUE);
    assertEquals(0, histogram.percentile(0.5));
    assertEquals((1L << 40) - 1, histogram.max());
    var sum = histogram.copy();
    sum.addAll(histogram);
    assertEquals(histogram.max(), sum.percentile(1));
  }
}
