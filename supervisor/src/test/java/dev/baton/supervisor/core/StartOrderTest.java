package dev.baton.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StartOrderTest {
  private static final StartOrder ORDER =
      new StartOrder(Map.of("db", List.of(), "cache", List.of(), "shop", List.of("db", "cache")));

  @Test
  void whoComesAfterOthersWaitsForAllOfThem() {
    assertEquals(List.of(), ORDER.awaited("db", pool -> false));
    assertEquals(List.of("db", "cache"), ORDER.awaited("shop", pool -> false));
    assertEquals(List.of("cache"), ORDER.awaited("shop", "db"::equals));
    assertEquals(List.of(), ORDER.awaited("shop", pool -> true));
  }

  @Test
  void theEndGoesTheOtherWay() {
    assertTrue(ORDER.mayStop("shop", pool -> false));
    assertFalse(ORDER.mayStop("db", pool -> false));
    assertTrue(ORDER.mayStop("db", Set.of("shop")::contains));
  }

  @Test
  void circlesAreFound() {
    assertEquals(List.of(), ORDER.circle());
    assertEquals(List.of("a"), new StartOrder(Map.of("a", List.of("a"))).circle());
    List<String> three =
        new StartOrder(
                Map.of(
                    "a",
                    List.of("x"),
                    "b",
                    List.of("c"),
                    "c",
                    List.of("d"),
                    "d",
                    List.of("b"),
                    "x",
                    List.of()))
            .circle();
    assertEquals(Set.of("b", "c", "d"), Set.copyOf(three));
  }
}
