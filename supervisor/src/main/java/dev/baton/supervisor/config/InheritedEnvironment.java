package dev.baton.supervisor.config;

import java.util.Set;

/**
 * Which of the supervisor's variables a worker gets, besides the few that every worker gets.
 *
 * @param all all of them, but for what is meant for the supervisor alone
 * @param names else these
 */
public record InheritedEnvironment(boolean all, Set<String> names) {

  /** Nothing more. */
  public static final InheritedEnvironment NONE = new InheritedEnvironment(false, Set.of());

  /** What systemd tells a service about itself ({@code sd_notify(3)}, {@code sd_listen_fds(3)}). */
  private static final Set<String> OURS =
      Set.of(
          "NOTIFY_SOCKET",
          "WATCHDOG_PID",
          "WATCHDOG_USEC",
          "LISTEN_PID",
          "LISTEN_FDS",
          "LISTEN_FDNAMES",
          "LISTEN_PIDFDID",
          "FDSTORE",
          "MAINPID",
          "MANAGERPID");

  /** Copies the names. */
  public InheritedEnvironment {
    names = Set.copyOf(names);
  }

  /** Whether a worker gets a variable. */
  public boolean has(String name) {
    return names.contains(name) || all && !OURS.contains(name) && !name.startsWith("BATON_");
  }
}
