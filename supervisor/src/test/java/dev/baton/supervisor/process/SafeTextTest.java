package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SafeTextTest {
  private static String line(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return SafeText.line(bytes, 0, bytes.length);
  }

  @Test
  void ordinaryTextStays() {
    assertEquals("a\tb – ü 漢 😀", line("a\tb – ü 漢 😀"));
    assertEquals("dos", line("dos\r"));
    assertEquals("", line("\r"));
    assertEquals("", line(""));
  }

  @Test
  void nothingReachesTheTerminal() {
    assertEquals("\\u001b]0;title\\u0007", line("\u001b]0;title\u0007"));
    assertEquals("\\u001b[2J", line("\u001b[2J"));
    assertEquals("a\\u000db", line("a\rb"));
    assertEquals("\\u009b1m", line("\u009b1m"));
    assertEquals("\\u202eevil", line("\u202eevil"));
    assertEquals("x\\u2028y", line("x\u2028y"));
  }

  @Test
  void coloursAreDropped() {
    assertEquals("red plain", line("\u001b[1;31mred\u001b[0m plain"));
  }

  @Test
  void whatIsNotUtf8IsMarked() {
    byte[] bytes = {'a', (byte) 0xff, 'b'};
    assertEquals("a\ufffdb", SafeText.line(bytes, 0, 3));
  }
}
