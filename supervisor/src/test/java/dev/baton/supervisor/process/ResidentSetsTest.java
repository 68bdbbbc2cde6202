package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidentSetsTest {
  private static Map<String, Long> read(ResidentSets sets, Map<String, Integer> pids)
      throws Exception {
    return sets.read(pids).get(20, TimeUnit.SECONDS);
  }

  @Test
  void whatTheKernelSaysInItsUnit() {
    String before = "Name:\tx\nVmHWM:\t  900 kB\n";
    assertEquals(
        OptionalLong.of(5 << 20), ResidentSets.resident(before + "VmRSS:\t    5120 kB\nX:\n"));
    assertEquals(OptionalLong.empty(), ResidentSets.resident(before + "Threads:\t1\n"));
    assertEquals(OptionalLong.empty(), ResidentSets.resident(before + "VmRSS:\t  x kB\n"));
    assertEquals(OptionalLong.empty(), ResidentSets.resident(before + "VmRSS:\t  12"));
  }

  @Test
  void thisProcessTakesMoreThanItsHeapHolds() throws Exception {
    byte[] held = new byte[8 << 20];
    Arrays.fill(held, (byte) 1);
    int self = (int) ProcessHandle.current().pid();
    long found = read(new ResidentSets(), Map.of("self", self)).get("self");
    assertTrue(found > held.length, () -> found + " bytes");
  }

  @Test
  void whoIsGoneIsLeftOut(@TempDir Path proc) throws Exception {
    Files.createDirectory(proc.resolve("7"));
    Files.writeString(proc.resolve("7/status"), "Name:\tx\nVmRSS:\t 3 kB\n");
    Files.createDirectory(proc.resolve("8"));
    Files.writeString(proc.resolve("8/status"), "Name:\tx\nState:\tZ (zombie)\n");
    assertEquals(Map.of("a", 3072L), read(new ResidentSets(proc), Map.of("a", 7, "b", 8, "c", 9)));
  }
}
