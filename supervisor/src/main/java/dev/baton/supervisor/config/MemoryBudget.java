package dev.baton.supervisor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the heaps of all workers add up to when every pool is in a rollout at once, against the
 * memory there is: that of the machine ({@code MemTotal}, proc(5)) or of the container (cgroup v2
 * {@code memory.max}, v1 {@code memory.limit_in_bytes}; cgroups(7)), whichever is smaller. Heaps
 * only: a JVM takes more.
 *
 * @param pools one entry for each pool
 * @param memoryBytes of the machine or container; empty if it cannot be told
 */
public record MemoryBudget(List<PoolHeap> pools, OptionalLong memoryBytes) {

  /** The heap of a JVM that is told nothing is this part of the memory it sees. */
  private static final int DEFAULT_PART = 4;

  /**
   * The heaps of one pool.
   *
   * @param pool its name
   * @param workers the target, the surge and the spares
   * @param heapBytes the largest heap of one worker
   */
  public record PoolHeap(String pool, long workers, long heapBytes) {

    /** Of all its workers. */
    public long bytes() {
      return workers * heapBytes;
    }
  }

  /** Copies the list. */
  public MemoryBudget {
    pools = List.copyOf(pools);
  }

  /**
   * The budget of a configuration on this machine; reads a few small files below /proc and /sys.
   */
  public static MemoryBudget of(BatonConfig config) {
    return of(config, memory(Path.of("/")));
  }

  static MemoryBudget of(BatonConfig config, OptionalLong memory) {
    List<PoolHeap> pools = new ArrayList<>();
    for (PoolConfig pool : config.pools().values()) {
      pools.add(new PoolHeap(pool.name(), workers(pool), heap(pool.jvm(), memory)));
    }
    return new MemoryBudget(pools, memory);
  }

  /** Who is recycled has a successor beside it, whatever the surge. */
  private static long workers(PoolConfig pool) {
    boolean recycles = !pool.supervision().recycle().equals(RecycleConfig.NONE);
    long above = Math.max(pool.surge(), recycles ? 1 : 0);
    return pool.workers() == 0 ? 0 : pool.workers() + above + pool.spares();
  }

  /** Of all pools. */
  public long heapBytes() {
    return pools.stream().mapToLong(PoolHeap::bytes).sum();
  }

  /** What to tell the operator, if the heaps do not fit. */
  public Optional<String> warning() {
    if (memoryBytes.isEmpty() || heapBytes() <= memoryBytes.getAsLong()) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    for (PoolHeap pool : pools) {
      parts.add(pool.pool() + " " + pool.workers() + " x " + words(pool.heapBytes()));
    }
    return Optional.of(
        "the heaps of all workers, surge and spares included, add up to "
            + words(heapBytes())
            + " ("
            + String.join(", ", parts)
            + "), but there are only "
            + words(memoryBytes.getAsLong())
            + " of memory; set jvm.heap");
  }

  private static long heap(JvmConfig jvm, OptionalLong memory) {
    OptionalLong written = OptionalLong.empty();
    for (String option : jvm.options()) {
      OptionalLong size = OptionalLong.empty();
      if (option.startsWith("-Xmx")) {
        size = Sizes.parse(option.substring("-Xmx".length()));
      } else if (option.startsWith("-XX:MaxHeapSize=")) {
        size = Sizes.parse(option.substring("-XX:MaxHeapSize=".length()));
      }
      written = size.isPresent() ? size : written;
    }
    if (jvm.heapBytes().isPresent()) {
      return Math.max(jvm.heapBytes().get(), written.orElse(0));
    }
    return written.orElse(memory.orElse(0) / DEFAULT_PART);
  }

  static OptionalLong memory(Path root) {
    List<Long> limits = new ArrayList<>();
    line(root.resolve("proc/meminfo"), "MemTotal:")
        .map(text -> text.replaceAll("[^0-9]", ""))
        .flatMap(MemoryBudget::number)
        .ifPresent(kibibytes -> limits.add(kibibytes << 10));
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      // hierarchy-ID:controllers:path; hierarchy 0 is version 2 (cgroups(7)).
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[0].equals("0")) {
        limits(root.resolve("sys/fs/cgroup"), parts[2], "memory.max", limits);
      } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
        limits(root.resolve("sys/fs/cgroup/memory"), parts[2], "memory.limit_in_bytes", limits);
      }
    }
    return limits.stream().mapToLong(Long::longValue).min();
  }

  /** A group is bound by those above it; inside a container the path may lead nowhere but up. */
  private static void limits(Path mount, String path, String name, List<Long> limits) {
    Path group = mount.resolve(path.replaceFirst("^/+", "")).normalize();
    while (group != null && group.startsWith(mount)) {
      for (String text : lines(group.resolve(name))) {
        number(text.strip()).ifPresent(limits::add);
      }
      group = group.getParent();
    }
  }

  private static Optional<String> line(Path file, String start) {
    return lines(file).stream().filter(line -> line.startsWith(start)).findFirst();
  }

  /** What cannot be read limits nothing. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /** "max" and the like are no numbers. */
  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String words(long bytes) {
    long mebibytes = bytes >> 20;
    return mebibytes < 10 << 10
        ? mebibytes + " MiB"
        : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024.0);
  }
}
