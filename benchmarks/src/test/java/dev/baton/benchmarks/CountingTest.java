package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountingTest {
  @Test
  void whatAProgramCounts() throws IOException, InterruptedException {
    long[] counted = Counting.of(List.of("/bin/sh", "-c", "echo begins; echo counted 300 2000000"));
    assertArrayEquals(new long[] {300, 2_000_000}, counted);
    assertEquals(150_000, Counting.perSecond(counted));
  }

  @Test
  void aProgramThatFailsSaysWhy() {
    List<String> command = List.of("/bin/sh", "-c", "echo counted 1 1; echo no room >&2; exit 3");
    IOException e = assertThrows(IOException.class, () -> Counting.of(command));
    assertTrue(e.getMessage().contains("exit code 3"), e.getMessage());
    assertTrue(e.getMessage().contains("no room"), e.getMessage());
  }

  @Test
  void aProgramThatCountsNothingIsNoMeasurement() {
    assertThrows(IOException.class, () -> Counting.parse("counted\n"));
    assertThrows(IOException.class, () -> Counting.parse("counted 1 x\n"));
    assertThrows(IOException.class, () -> Counting.parse("I counted 1 2\n"));
  }

  @Test
  void commandsThatAreThereAndNot() throws IOException {
    assertTrue(Commands.find("sh").isPresent());
    assertTrue(Commands.find("no-such-command-here").isEmpty());
    IOException e =
        assertThrows(IOException.class, () -> Commands.require("no-such-command-here", "it"));
    assertTrue(e.getMessage().contains("apt-get install it"), e.getMessage());
  }
}
