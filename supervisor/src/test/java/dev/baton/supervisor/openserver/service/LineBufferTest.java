package dev.baton.supervisor.openserver.service;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lines that come in pieces. */
class LineBufferTest {
  private static final int LONGEST = 100;

  private final LineBuffer lines = new LineBuffer(LONGEST);

  private void add(String text) {
    lines.add(text.getBytes(US_ASCII));
  }

  private String next() {
    byte[] line = lines.next();
    return line == null ? null : new String(line, US_ASCII);
  }

  @Test
  void linesAreTakenApartAndPutTogether() {
    add("a\nbb\n\ncc");
    assertEquals("a", next());
    assertEquals("bb", next());
    assertEquals("", next());
    assertNull(next());
    add("c");
    assertNull(next());
    add("c\n");
    assertEquals("cccc", next());
    assertNull(next());
  }

  @Test
  void memoryIsGivenBack() {
    assertEquals(0, lines.size());
    add("half");
    assertTrue(lines.size() >= 4);
    add("\n");
    assertEquals("half", next());
    assertEquals(0, lines.size());
    add("half");
    lines.clear();
    assertEquals(0, lines.size());
    assertNull(next());
  }

  @Test
  void aLineWithItsEndMayBeAsLongAsTheLimit() {
    add("x".repeat(LONGEST - 1) + "\n");
    assertEquals(LONGEST - 1, next().length());
    add("x".repeat(LONGEST - 1));
    assertNull(next());
    assertFalse(lines.tooLong());
    add("x");
    assertNull(next());
    assertTrue(lines.tooLong());
  }

  @Test
  void aLongLineIsTooLongAlsoWhenItIsWhole() {
    add("x".repeat(LONGEST) + "\nfine\n");
    assertNull(next());
    assertTrue(lines.tooLong());
    lines.clear();
    assertFalse(lines.tooLong());
  }

  /** However it is cut: the same lines. */
  @Test
  void piecesMakeNoDifference() {
    Random random = new Random(17);
    for (int round = 0; round < 500; round++) {
      List<String> sent = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(20); n >= 0; n--) {
        String line = "y".repeat(random.nextInt(LONGEST));
        sent.add(line);
        text.append(line).append('\n');
      }
      byte[] bytes = text.toString().getBytes(US_ASCII);
      List<String> come = new ArrayList<>();
      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(60));
        lines.add(java.util.Arrays.copyOfRange(bytes, from, to));
        from = to;
        for (String line; random.nextInt(4) > 0 && (line = next()) != null; ) {
          come.add(line);
        }
      }
      for (String line; (line = next()) != null; ) {
        come.add(line);
      }
      assertArrayEquals(sent.toArray(), come.toArray(), "round " + round);
      assertEquals(0, lines.size());
    }
  }
}
