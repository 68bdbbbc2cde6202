package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongSetTest {
  /** Few numbers collide often, many make it grow. */
  @ParameterizedTest
  @ValueSource(ints = {3, 40, 1000, 100_000})
  void isTheSetThatTheJdkHas(int range) {
    Random random = new Random(range);
    LongSet set = new LongSet();
    Set<Long> wanted = new TreeSet<>();
    for (int i = 0; i < 20_000; i++) {
      long number = random.nextInt(range);
      if (random.nextInt(5) < 3) {
        set.add(number);
        wanted.add(number);
      } else {
        set.remove(number);
        wanted.remove(number);
      }
      assertEquals(wanted.size(), set.size());
    }
    assertEquals(
        wanted,
        Arrays.stream(set.toArray()).boxed().collect(Collectors.toCollection(TreeSet::new)));
  }
}
