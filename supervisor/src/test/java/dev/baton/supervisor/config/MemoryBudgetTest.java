package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {

  private static final long MIB = 1 << 20;

  @TempDir private Path root;

  @BeforeEach
  void machine() throws IOException {
    write("proc/meminfo", "MemTotal:        4194304 kB\nMemFree:         1 kB\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private MemoryBudget budget(String pools) throws Exception {
    write("c.yaml", "pools:\n" + pools);
    BatonConfig config = ConfigLoader.load(root.resolve("c.yaml"), root, Map.of());
    return MemoryBudget.of(config, MemoryBudget.memory(root));
  }

  @Test
  void theMachineIsTheBound() {
    assertEquals(OptionalLong.of(4096 * MIB), MemoryBudget.memory(root));
  }

  @Test
  void theSmallestGroupOfVersionTwoIsTheBound() throws IOException {
    write("proc/self/cgroup", "0::/a/b\n");
    write("sys/fs/cgroup/a/memory.max", 512 * MIB + "\n");
    write("sys/fs/cgroup/a/b/memory.max", "max\n");
    assertEquals(OptionalLong.of(512 * MIB), MemoryBudget.memory(root));
  }

  @Test
  void versionOneInAContainerShowsItsGroupAtTheTop() throws IOException {
    write("proc/self/cgroup", "4:cpu,memory:/docker/123\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 256 * MIB + "\n");
    assertEquals(OptionalLong.of(256 * MIB), MemoryBudget.memory(root));
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertEquals(OptionalLong.of(4096 * MIB), MemoryBudget.memory(root));
  }

  @Test
  void nothingToReadBoundsNothing() {
    assertEquals(OptionalLong.empty(), MemoryBudget.memory(root.resolve("none")));
  }

  @Test
  void heapsAddUpWithTheSurge() throws Exception {
    MemoryBudget budget =
        budget(
            """
              a: {plugin: x.Y, workers: 1, spares: 1, jvm: {heap: 64m}}
              b: {plugin: x.Y, workers: 1, surge: 0, jvm: {options: [-Xmx1g, -Xmx128m]}}
              c: {plugin: x.Y, workers: 0, jvm: {heap: 1g}}
              d: {plugin: x.Y, workers: 1, surge: 2, jvm: {options: ['-XX:MaxHeapSize=32m']}}
              e: {plugin: x.Y, workers: 1, surge: 0, recycle: {maxAge: 1d}, jvm: {heap: 16m}}
            """);
    assertEquals((3 * 64 + 128 + 3 * 32 + 2 * 16) * MIB, budget.heapBytes());
    assertTrue(budget.warning().isEmpty());
  }

  @Test
  void aHeapThatIsNotSetIsAQuarterOfTheMemory() throws Exception {
    MemoryBudget budget = budget("  a: {plugin: x.Y, workers: 4}\n");
    assertEquals(5 * 1024 * MIB, budget.heapBytes());
    assertEquals(
        "the heaps of all workers, surge and spares included, add up to 5120 MiB (a 5 x 1024 MiB),"
            + " but there are only 4096 MiB of memory; set jvm.heap",
        budget.warning().orElseThrow());
  }
}
