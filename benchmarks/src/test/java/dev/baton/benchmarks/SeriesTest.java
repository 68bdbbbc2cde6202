package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {
  @Test
  void medianOfAnOddCountIsTheOneInTheMiddle() {
    assertEquals(3, Series.of(9, 1, 3).median());
    assertEquals(7, Series.of(7).median());
  }

  @Test
  void medianOfAnEvenCountIsTheMeanOfTheTwoInTheMiddle() {
    assertEquals(2.5, Series.of(4, 1, 3, 2).median());
  }

  @Test
  void oneOutlierDoesNotMoveTheMedian() {
    assertEquals(Series.of(1, 2, 3).median(), Series.of(1, 2, 3_000_000).median());
  }

  @Test
  void lowestAndHighest() {
    Series series = Series.of(2, -1, 5);
    assertEquals(-1, series.min());
    assertEquals(5, series.max());
  }

  @Test
  void ratiosAreTakenPairByPair() {
    Series ratios = Series.of(2, 30, 3).dividedBy(Series.of(1, 10, 2));
    assertEquals(List.of(2.0, 3.0, 1.5), ratios.values());
    // The ratio of the medians would be 3 / 2.
    assertEquals(2, ratios.median());
  }

  @Test
  void whatIsNotMeasuredIsNoSeries() {
    assertThrows(IllegalArgumentException.class, Series::of);
    assertThrows(IllegalArgumentException.class, () -> Series.of(1, Double.NaN));
    Series one = Series.of(1);
    assertThrows(IllegalArgumentException.class, () -> one.dividedBy(Series.of(1, 2)));
    assertThrows(IllegalArgumentException.class, () -> one.dividedBy(Series.of(0)));
  }
}
