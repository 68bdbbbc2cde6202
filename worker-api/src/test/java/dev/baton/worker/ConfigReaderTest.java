package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  enum Colour {
    RED,
    DARK_BLUE
  }

  private record Inner(int size) {}

  private record Settings(
      String greeting,
      int threads,
      boolean loud,
      Duration idleGrace,
      Colour colour,
      List<Inner> parts) {
    Settings {
      if (threads < 0) {
        throw new IllegalArgumentException("threads must not be negative");
      }
    }
  }

  /** A bean with defaults of its own. */
  static final class Bean {
    private int threads = 4;

    public int getThreads() {
      return threads;
    }

    public void setThreads(int threads) {
      this.threads = threads;
    }
  }

  @Test
  void reads() {
    assertEquals(
        new Settings("hi", 3, true, Duration.ofSeconds(2), Colour.DARK_BLUE, List.of(new Inner(1))),
        ConfigReader.read(
            Map.of(
                "greeting",
                "hi",
                "threads",
                3,
                "loud",
                true,
                "idleGrace",
                "2s",
                "colour",
                "dark_blue",
                "parts",
                List.of(Map.of("size", 1))),
            Settings.class));
  }

  @Test
  void missingKeysAreNullOrZero() {
    assertEquals(
        new Settings(null, 0, false, null, null, null),
        ConfigReader.read(Map.of(), Settings.class));
    assertEquals(4, ConfigReader.read(Map.of(), Bean.class).getThreads());
  }

  @Test
  void textOfANumberIsANumber() {
    assertEquals(7, ConfigReader.read(Map.of("threads", "7"), Bean.class).getThreads());
  }

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "2s, PT2S", "5m, PT5M", "1h, PT1H", "1d, PT24H", "0s, PT0S"})
  void durations(String text, Duration expected) {
    assertEquals(
        expected, ConfigReader.read(Map.of("idleGrace", text), Settings.class).idleGrace());
  }

  private static String complaint(Map<String, Object> config) {
    return assertThrows(
            IllegalArgumentException.class, () -> ConfigReader.read(config, Settings.class))
        .getMessage();
  }

  @Test
  void unknownKey() {
    assertEquals(
        "config.idelGrace: unknown key; known are colour, greeting, idleGrace, loud, parts,"
            + " threads",
        complaint(Map.of("idelGrace", "2s")));
  }

  @Test
  void badDuration() {
    assertEquals(
        "config.idleGrace: found \"soon\", allowed is a duration such as 500ms, 2s, 5m, 1h or 1d",
        complaint(Map.of("idleGrace", "soon")));
    assertEquals(
        "config.idleGrace: found \"2\", allowed is a duration such as 500ms, 2s, 5m, 1h or 1d",
        complaint(Map.of("idleGrace", 2)));
  }

  @Test
  void badNumber() {
    assertEquals(
        "config.threads: found \"many\", allowed is a whole number",
        complaint(Map.of("threads", "many")));
  }

  @Test
  void badEnum() {
    assertEquals(
        "config.colour: found \"green\", allowed is one of red, dark_blue",
        complaint(Map.of("colour", "green")));
  }

  @Test
  void badShape() {
    assertEquals("config.greeting: not a text", complaint(Map.of("greeting", List.of())));
    assertEquals(
        "config.parts[0].size: found \"x\", allowed is a whole number",
        complaint(Map.of("parts", List.of(Map.of("size", "x")))));
  }

  @Test
  void theRecordsOwnComplaint() {
    assertEquals("config: threads must not be negative", complaint(Map.of("threads", -1)));
  }
}
