package dev.baton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThreadAllocationTest {
  /** JDK 17 and 25 in turn. */
  private static final String THREADS =
      """
      "main" #1 prio=5 os_prio=0 cpu=521.05ms elapsed=4.22s allocated=35126K defined_classes=1546 tid=0x1 nid=0x2
      "Common-Cleaner" #20 [20839] daemon prio=8 os_prio=0 cpu=0.16ms elapsed=4.13s allocated=80B defined_classes=0 tid=0x1
      "dispatch "web"" #22 [20841] prio=5 os_prio=0 cpu=0.13ms elapsed=3.38s allocated=2M defined_classes=0 tid=0x3
      "Attach Listener" #13 daemon prio=9 os_prio=0 cpu=0.36ms elapsed=0.10s allocated=7K defined_classes=0 tid=0x4
      "GC Thread#1" os_prio=0 cpu=132.50ms elapsed=3.64s tid=0x5 nid=0x6 runnable
      """;

  @Test
  void whatEachThreadHasAllocated() throws IOException {
    assertEquals(
        Map.of("main", 35126L * 1024, "Common-Cleaner", 80L, "dispatch \"web\"", 2L << 20),
        ThreadAllocation.parse(THREADS).bytes());
  }

  @Test
  void whatCameSince() {
    ThreadAllocation before = new ThreadAllocation(Map.of("a", 1000L, "ended", 5000L));
    ThreadAllocation after = new ThreadAllocation(Map.of("a", 1600L, "new", 30L));
    assertEquals(630, after.since(before));
  }

  @Test
  void anotherAnswerIsNoMeasurement() {
    assertThrows(IOException.class, () -> ThreadAllocation.parse("no such process"));
  }

  @Test
  void thisProcess() throws Exception {
    Path javaHome = Path.of(System.getProperty("java.home"));
    ThreadAllocation now = ThreadAllocation.of(javaHome, ProcessHandle.current().pid());
    assertTrue(now.bytes().containsKey("Finalizer"), now.toString());
  }
}
