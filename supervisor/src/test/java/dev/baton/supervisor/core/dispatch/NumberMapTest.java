package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a map of the JDK, with numbers that collide and a table that grows. */
class NumberMapTest {
  @Test
  void agreesWithAMap() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      long[] numbers = random.longs(1 << 6 + random.nextInt(8)).toArray();
      NumberMap map = new NumberMap();
      Map<Long, Integer> model = new HashMap<>();
      for (int i = 0; i < 5_000; i++) {
        long number = numbers[random.nextInt(numbers.length)];
        if (model.remove(number) != null) {
          map.remove(number);
        } else {
          model.put(number, i);
          map.put(number, i);
        }
        long probe = numbers[random.nextInt(numbers.length)];
        assertEquals(model.getOrDefault(probe, NumberMap.NONE), map.get(probe), "seed " + seed);
      }
      model.forEach((number, place) -> assertEquals(place, map.get(number)));
    }
  }
}
