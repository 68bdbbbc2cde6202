package dev.baton.supervisor.openserver;

import java.io.File;

/** How many descriptors a process has open. */
@FunctionalInterface
interface OpenCount {
  /** Their number; 0 where it cannot be known, so that only the kernel's limit holds. */
  int now();

  /**
   * Looks into {@code /proc/PID/fd}: its size is the number (since Linux 6.2), else its entries are
   * counted. Both need the right to look ({@code proc(5)}).
   *
   * @param pid 0 when it is not known
   */
  static OpenCount of(int pid) {
    if (pid <= 0) {
      return () -> 0;
    }
    File folder = new File("/proc/" + pid + "/fd");
    return () -> {
      long size = folder.length();
      if (size > 0) {
        return (int) Math.min(size, Integer.MAX_VALUE);
      }
      String[] entries = folder.list();
      return entries == null ? 0 : entries.length;
    };
  }
}
