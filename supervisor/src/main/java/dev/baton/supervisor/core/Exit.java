package dev.baton.supervisor.core;

import java.util.Map;
import java.util.OptionalInt;

/**
 * How a process ended.
 *
 * @param code its exit code; 0 where a signal ended it
 * @param signal the signal that ended it, or 0
 * @param coreDumped whether it left a core file
 */
public record Exit(int code, int signal, boolean coreDumped) {
  /** The numbers of Linux on x86-64 and AArch64 ({@code signal(7)}). */
  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(5, "SIGTRAP"),
          Map.entry(6, "SIGABRT"),
          Map.entry(7, "SIGBUS"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(10, "SIGUSR1"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(12, "SIGUSR2"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"),
          Map.entry(31, "SIGSYS"));

  /** The end of a process whose status somebody else has taken. */
  public static final Exit UNKNOWN = new Exit(-1, 0, false);

  /** An end by itself. */
  public static Exit code(int code) {
    return new Exit(code, 0, false);
  }

  /** An end by a signal. */
  public static Exit signal(int signal) {
    return new Exit(0, signal, false);
  }

  /** The number of a signal, such as {@code SIGTERM}; empty for a name that is none. */
  public static OptionalInt signalNumber(String name) {
    return SIGNALS.entrySet().stream()
        .filter(e -> e.getValue().equals(name))
        .mapToInt(Map.Entry::getKey)
        .findFirst();
  }

  /** The name of the signal that ended it, such as {@code SIGTERM}; empty where none did. */
  public String signalName() {
    return signal == 0 ? "" : SIGNALS.getOrDefault(signal, "signal " + signal);
  }

  /** In words: {@code "exit code 3"}, {@code "killed by SIGKILL"}. */
  @Override
  public String toString() {
    if (equals(UNKNOWN)) {
      return "exit status unknown";
    }
    if (signal == 0) {
      return "exit code " + code;
    }
    return "killed by " + signalName() + (coreDumped ? " (core dumped)" : "");
  }
}
