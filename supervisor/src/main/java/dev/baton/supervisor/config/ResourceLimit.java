package dev.baton.supervisor.config;

/** The resources whose use by a worker's process can be limited ({@code getrlimit(2)}). */
public enum ResourceLimit {
  /** Open descriptors. */
  NOFILE(16, "Max open files", false),
  /** Processes and threads of the worker's user, those of others included; root has no such. */
  NPROC(16, "Max processes", false),
  /** Bytes of a core file. */
  CORE(0, "Max core file size", true),
  /** Bytes of address space, of which a JVM takes far more than memory. */
  AS(256L << 20, "Max address space", true),
  /** Bytes of a file that it writes, its log included. */
  FSIZE(4096, "Max file size", true);

  /** No limit, as a value. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private final long least;
  private final String label;
  private final boolean size;

  ResourceLimit(long least, String label, boolean size) {
    this.least = least;
    this.label = label;
    this.size = size;
  }

  /** The least with which a worker can start. */
  long least() {
    return least;
  }

  /** Whether it counts bytes. */
  boolean size() {
    return size;
  }

  /** Its key in the file, and its option of {@code prlimit(1)}. */
  public String key() {
    return Words.of(this);
  }

  /** How {@code /proc/PID/limits} calls it. */
  public String label() {
    return label;
  }

  /** A value as {@code prlimit(1)} reads it. */
  public static String words(long value) {
    return value == UNLIMITED ? "unlimited" : String.valueOf(value);
  }
}
