package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PairsTest {
  private final StringBuilder order = new StringBuilder();
  private final Pairs pairs = new Pairs();

  private Pairs.Side side(String name, double cpuSeconds) {
    return () -> {
      order.append(name);
      return measurement(cpuSeconds);
    };
  }

  private static Measurement measurement(double cpuSeconds) {
    return new Measurement(new LoadClient.Answers(1_000_000, 2, 100, 200), cpuSeconds, 0);
  }

  @Test
  void whoComesFirstAlternates() throws Exception {
    for (int i = 0; i < 4; i++) {
      pairs.add(side("a", 1), side("b", 1));
    }
    assertEquals("abbaabba", order.toString());
  }

  @Test
  void theOrderDoesNotMixUpTheSides() throws Exception {
    for (int i = 0; i < 4; i++) {
      pairs.add(side("a", 1), side("b", 2));
    }
    assertEquals(Series.of(1, 1, 1, 1), pairs.reference(Measurement::cpuMicrosPerRequest));
    assertEquals(Series.of(2, 2, 2, 2), pairs.tested(Measurement::cpuMicrosPerRequest));
    assertEquals(2, pairs.ratio(Measurement::cpuMicrosPerRequest).median());
  }

  @Test
  void aSideThatFailsLeavesNoHalfPair() throws Exception {
    pairs.add(side("a", 1), side("b", 2));
    Pairs.Side broken =
        () -> {
          throw new IOException("no answer");
        };
    assertThrows(IOException.class, () -> pairs.add(() -> measurement(1), broken));
    assertThrows(IOException.class, () -> pairs.add(broken, () -> measurement(1)));
    assertEquals(1, pairs.size());
    assertEquals(1, pairs.reference(Measurement::perSecond).size());
  }

  @Test
  void figuresOfOneMeasurement() {
    Measurement m = measurement(3);
    assertEquals(500_000, m.perSecond());
    assertEquals(3, m.cpuMicrosPerRequest());
    assertEquals(1.5, m.cpus());
  }
}
