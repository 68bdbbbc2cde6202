package dev.baton.supervisor.upgrade;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.state.Handover;
import dev.baton.supervisor.state.Handover.Descriptors;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The moment itself: this process becomes another program ({@code execve(2)}). */
final class Exec {
  /** Tells a program of a handover: {@code take:NUMBER}, or {@code try:NUMBER}. */
  static final String VARIABLE = "BATON_UPGRADE";

  static final String TAKE = "take:";
  static final String TRY = "try:";

  /** The first number that is not the standard input, output or errors. */
  private static final int FIRST = 3;

  private Exec() {}

  /**
   * Does not return unless it fails; then everything is as before.
   *
   * @param environment of this process, without the variable
   */
  static void become(
      Posix posix, List<String> command, Map<String, String> environment, Handover handover)
      throws IOException {
    try (OwnedFd memory = Memory.write(posix, handover)) {
      // Not only what we have opened: sockets of the JDK and of Netty would stay open for ever.
      posix.closeAllOnExec(FIRST);
      Descriptors along = handover.descriptors();
      List<Integer> kept = new ArrayList<>(List.of(along.lock(), along.adoption()));
      along.others().forEach(c -> kept.add(c.fd()));
      memory.use(n -> kept.add(n));
      for (int number : kept) {
        posix.setCloseOnExec(number, false);
      }
      List<String> variables = variables(environment);
      memory.use(n -> variables.add(VARIABLE + '=' + TAKE + n));
      posix.execve(command.get(0), command, variables);
    } finally {
      posix.closeAllOnExec(FIRST);
    }
  }

  private static List<String> variables(Map<String, String> environment) {
    List<String> all = new ArrayList<>();
    environment.forEach((name, value) -> all.add(name + '=' + value));
    return all;
  }
}
