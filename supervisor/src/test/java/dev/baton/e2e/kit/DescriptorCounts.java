package dev.baton.e2e.kit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many descriptors of each kind a process has: sockets, pipes, each file by its path. Logs and
 * what the JDK opens when it likes are left out.
 *
 * @param counts by what the kernel shows
 */
public record DescriptorCounts(Map<String, Long> counts) {
  private static final int LOOKS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Copies it. */
  public DescriptorCounts {
    counts = new TreeMap<>(counts);
  }

  /** Now. */
  public static DescriptorCounts of(long pid) {
    var counts = new TreeMap<String, Long>();
    for (var fd : Proc.fds(pid)) {
      var kind = fd.target().replaceAll("\\[[0-9]+\\]$", "");
      if (!kind.endsWith(".jar") && !kind.endsWith(".log") && !kind.endsWith("/lib/modules")) {
        counts.merge(kind, 1L, Long::sum);
      }
    }
    return new DescriptorCounts(counts);
  }

  /** As they stay: our own question to the admin socket may still be there at the first look. */
  public static DescriptorCounts settled(long pid) throws Exception {
    var last = new ArrayDeque<DescriptorCounts>();
    Deadline.await(
        PATIENCE,
        "the descriptors of process " + pid + " stay the same",
        () -> {
          var now = of(pid);
          last.removeIf(earlier -> !earlier.equals(now));
          last.add(now);
          return last.size() == LOOKS;
        },
        () -> of(pid).toString());
    return last.getLast();
  }

  /** Waits until the process has the same again, or fails with both. */
  public void awaitSame(long pid) throws Exception {
    Deadline.await(
        PATIENCE,
        "process " + pid + " has the descriptors it had: " + counts,
        () -> of(pid).equals(this),
        () -> of(pid).toString());
  }

  /** How many there are. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
