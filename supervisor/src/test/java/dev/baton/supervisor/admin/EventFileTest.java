package dev.baton.supervisor.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EventFileTest {
  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  @TempDir Path folder;

  private static EventView event(long number) {
    String time = START.plusSeconds(number).toString();
    return new EventView(number, time, "info", "hello/0#1", "\u00e9\n\"x\"", Optional.empty());
  }

  private static List<Long> numbers(List<EventView> events) {
    return events.stream().map(EventView::number).toList();
  }

  @Test
  void oneLifeAfterTheOther() throws Exception {
    Path file = folder.resolve("events.jsonl");
    try (EventFile first = new EventFile(file)) {
      first.write(event(1));
    }
    Files.writeString(file, "{\"number\":2,\"ti", StandardOpenOption.APPEND); // a crash
    Files.write(file, new byte[] {(byte) 0xff, '\n'}, StandardOpenOption.APPEND);
    try (EventFile second = new EventFile(file)) {
      second.write(event(3));
      assertEquals(
          List.of(event(1), event(3)),
          second.since(Instant.EPOCH).toCompletableFuture().get(9, TimeUnit.SECONDS));
      assertEquals(
          List.of(event(3)),
          second.since(START.plusSeconds(2)).toCompletableFuture().get(9, TimeUnit.SECONDS));
    }
  }

  @Test
  void boundedBySizeWithOneOldFile() throws Exception {
    Path file = folder.resolve("events.jsonl");
    try (EventFile events = new EventFile(file, 1000)) {
      for (int i = 1; i <= 100; i++) {
        events.write(event(i));
      }
    }
    List<Long> numbers = numbers(EventFile.read(file, Instant.EPOCH));
    assertTrue(numbers.size() > 5 && numbers.size() < 30, numbers::toString);
    assertEquals(100, numbers.get(numbers.size() - 1));
    try (var all = Files.list(folder)) {
      assertEquals(2, all.count());
    }
  }

  @Test
  void aFullDiskIsNobodysEnd() throws Exception {
    try (EventFile events = new EventFile(Path.of("/dev/full"))) {
      events.write(event(1));
      events.write(event(2));
    }
  }
}
