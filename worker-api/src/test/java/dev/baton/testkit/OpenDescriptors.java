package dev.baton.testkit;

import dev.baton.fd.FdLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The descriptors of this process that tests are about, by what they are open on: sockets, memory
 * files, epoll instances, event counters and pidfds. Files, pipes and devices are left out: the JVM
 * opens jars and random devices when it likes.
 */
public final class OpenDescriptors {
  private static final List<String> KINDS =
      List.of(
          "socket:",
          "/memfd:",
          "anon_inode:[eventpoll]",
          "anon_inode:[eventfd]",
          "anon_inode:[pidfd]",
          "pidfd:");
  private static final Path SELF = Path.of("/proc/self/fd");

  private final Map<String, Integer> counts;

  private OpenDescriptors(Map<String, Integer> counts) {
    this.counts = counts;
  }

  /** What is open now, counted by target. */
  public static OpenDescriptors now() {
    Map<String, Integer> counts = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(SELF)) {
      for (Path entry : entries) {
        String target = target(entry);
        if (KINDS.stream().anyMatch(target::startsWith)) {
          counts.merge(target, 1, Integer::sum);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OpenDescriptors(counts);
  }

  private static String target(Path entry) throws IOException {
    try {
      return Files.readSymbolicLink(entry).toString();
    } catch (NoSuchFileException e) {
      return ""; // closed while we looked
    }
  }

  /**
   * Waits for all that was opened since to be gone, since some of it is closed by other threads.
   *
   * @param patience how long to wait
   * @return what is still open, with creation sites as far as {@link FdLedger} knows; else empty
   */
  public String leftSince(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    for (; ; ) {
      List<String> left = new ArrayList<>(FdLedger.report());
      now()
          .counts
          .forEach(
              (target, count) -> {
                int more = count - counts.getOrDefault(target, 0);
                if (more > 0) {
                  left.add(more + " x " + target);
                }
              });
      if (left.isEmpty()) {
        return "";
      }
      if (System.nanoTime() - deadline > 0) {
        return String.join("\n", left);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
