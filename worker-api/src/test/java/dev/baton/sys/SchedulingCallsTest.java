package dev.baton.sys;

import static dev.baton.sys.SocketCallsTest.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Each on a thread of its own, which takes what it was given with it. */
class SchedulingCallsTest {
  private static final Path FIGURES = Path.of("/proc/thread-self/sched");
  private static final int NO_THREAD = 0x3fff_ffff;

  private final Posix posix = Posix.system();

  private static <T> T apart(Callable<T> calls) throws Exception {
    FutureTask<T> task = new FutureTask<>(calls);
    new Thread(task, "apart").start();
    return task.get();
  }

  private static String field(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.replaceFirst(".*:\\s*", ""))
        .findFirst()
        .orElse("");
  }

  private static String cpus() throws IOException {
    return field(Path.of("/proc/thread-self/status"), "Cpus_allowed_list");
  }

  /** Field 19 of the statistics ({@code proc(5)}). */
  private static int nice() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
  }

  @Test
  void aThreadKeepsToTheCpusThatItIsGiven() throws Exception {
    String before = cpus();
    int last = Integer.parseInt(before.replaceFirst(".*[-,]", ""));
    BitSet one = new BitSet();
    one.set(last);
    String kept =
        apart(
            () -> {
              posix.setAffinity(0, one);
              return cpus();
            });
    assertEquals(String.valueOf(last), kept);
    assertEquals(before, cpus(), "others are where they were");
    assertFails("sched_setaffinity", Errno.EINVAL, () -> posix.setAffinity(0, new BitSet()));
    assertFails("sched_setaffinity", Errno.ESRCH, () -> posix.setAffinity(NO_THREAD, one));
  }

  @Test
  void aNiceValueIsAThreadsOwn() throws Exception {
    int before = nice();
    assumeTrue(before < 19, "as nice as can be");
    int raised =
        apart(
            () -> {
              posix.setNice(0, before + 1);
              return nice();
            });
    assertEquals(before + 1, raised);
    assertEquals(before, nice());
  }

  @Test
  void aSliceComesWithANiceValueAndGoesAgain() throws Exception {
    int before = nice();
    assumeTrue(before < 19, "as nice as can be");
    String usual = Files.exists(FIGURES) ? field(FIGURES, "se.slice") : "";
    String longest =
        apart(
            () -> {
              posix.setSlice(0, before + 1, 100_000_000);
              assertEquals(before + 1, nice());
              String slice = usual.isEmpty() ? "" : field(FIGURES, "se.slice");
              posix.setSlice(0, before + 1, 0);
              assertEquals(usual, usual.isEmpty() ? "" : field(FIGURES, "se.slice"));
              return slice;
            });
    assertTrue(longest.isEmpty() || longest.equals("100000000"), longest);
    assertFails("sched_setattr", Errno.ESRCH, () -> posix.setSlice(NO_THREAD, 0, 0));
  }
}
