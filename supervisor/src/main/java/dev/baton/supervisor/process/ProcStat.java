package dev.baton.supervisor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The statistics of a process or thread ({@code proc(5)}, {@code stat}) at one moment. Immutable.
 */
public final class ProcStat {
  // Places after the name, which is in parentheses and may hold anything.
  private static final int STATE = 0;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;
  private static final int NICE = 16;
  private static final int THREADS = 17;
  private static final int START_TIME = 19;

  /** USER_HZ, which the kernel's interfaces have been fixed at on all that Java 17 runs on. */
  private static final long TICKS_A_SECOND = 100;

  private final Path folder;
  private final String[] fields;

  private ProcStat(Path folder, String[] fields) {
    this.folder = folder;
    this.fields = fields;
  }

  /**
   * Reads it.
   *
   * @param folder such as {@code /proc/1} or {@code /proc/thread-self}
   * @throws IOException also when there is no such process any more
   */
  public static ProcStat of(Path folder) throws IOException {
    String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    if (fields.length <= START_TIME) {
      throw new IOException(folder + "/stat has " + fields.length + " fields after the name");
    }
    return new ProcStat(folder, fields);
  }

  /** Whether it has ended; a zombie has, as it may wait for its parent for ever. */
  public boolean ended() {
    return fields[STATE].equals("Z") || fields[STATE].equals("X");
  }

  /** The CPU time, in ticks of {@code sysconf(_SC_CLK_TCK)}. */
  public double ticks() {
    return Double.parseDouble(fields[USER_TICKS]) + Double.parseDouble(fields[SYSTEM_TICKS]);
  }

  /** The nice value, of a process that of its first thread. */
  public int nice() {
    return Integer.parseInt(fields[NICE]);
  }

  /** How many threads the process has. */
  public int threads() {
    return Integer.parseInt(fields[THREADS]);
  }

  /** When it was started, in ticks since the machine was: tells it from a later one of its pid. */
  public String startTime() {
    return fields[START_TIME];
  }

  /** The effective user that it runs as by now. */
  public int uid() throws IOException {
    for (String line : Files.readAllLines(folder.resolve("status"), StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("Uid:")) {
        return Integer.parseInt(line.strip().split("\\s+")[2]);
      }
    }
    throw new IOException(folder + "/status has no line Uid");
  }

  /** How long it has run, to the hundredth of a second. */
  public long ageNanos() throws IOException {
    String uptime = Files.readString(Path.of("/proc/uptime"), StandardCharsets.ISO_8859_1);
    double now = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    double then = Double.parseDouble(startTime()) / TICKS_A_SECOND;
    return Math.max(0, (long) ((now - then) * 1e9));
  }
}
