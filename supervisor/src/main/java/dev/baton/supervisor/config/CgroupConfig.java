package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The cgroup (version 2, {@code cgroups(7)}) of each worker of a pool.
 *
 * @param parent the cgroup's folder below which there is one for each worker; empty: the
 *     supervisor's own
 * @param memoryBytes {@code memory.max}
 * @param cpus {@code cpu.max}, as a number of CPUs; zero: no limit
 * @param pids {@code pids.max}: processes and threads
 * @param required whether a worker does not start where this cannot be had
 */
public record CgroupConfig(
    Optional<Path> parent,
    OptionalLong memoryBytes,
    double cpus,
    OptionalInt pids,
    boolean required) {

  /** The period of the CPU limit in microseconds: the kernel's default. */
  private static final long PERIOD = 100_000;

  /** What is to be written to the files of a worker's cgroup, by the names of the files. */
  public Map<String, String> limits() {
    Map<String, String> limits = new TreeMap<>();
    memoryBytes.ifPresent(bytes -> limits.put("memory.max", String.valueOf(bytes)));
    if (cpus > 0) {
      limits.put("cpu.max", Math.round(cpus * PERIOD) + " " + PERIOD);
    }
    pids.ifPresent(most -> limits.put("pids.max", String.valueOf(most)));
    return limits;
  }
}
