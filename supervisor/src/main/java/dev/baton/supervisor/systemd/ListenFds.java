package dev.baton.supervisor.systemd;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.store.PassedSocket;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The sockets that a service manager starts this process with ({@code sd_listen_fds(3)}). */
public final class ListenFds {
  /** SD_LISTEN_FDS_START. */
  private static final int FIRST = 3;

  private static final int MOST = 1024;

  private ListenFds() {}

  /**
   * Takes charge of all of them, once in the life of a process: they are the caller's to close, and
   * close-on-exec from now on.
   *
   * @param pid of this process, for which they must be meant; else there are none
   * @throws IOException for the operator, when the variables cannot be understood, or name a
   *     descriptor that is not open; then none is open any more
   */
  public static List<PassedSocket> take(Posix posix, Map<String, String> environment, long pid)
      throws IOException {
    String count = environment.getOrDefault("LISTEN_FDS", "");
    if (count.isEmpty() || !environment.getOrDefault("LISTEN_PID", "").equals("" + pid)) {
      return List.of();
    }
    if (!count.matches("[0-9]{1,4}") || Integer.parseInt(count) > MOST) {
      throw new IOException("LISTEN_FDS is \"" + count + "\"; allowed: a number up to " + MOST);
    }
    List<String> names = names(environment, Integer.parseInt(count));
    List<PassedSocket> sockets = new ArrayList<>();
    try {
      for (String name : names) {
        sockets.add(take(posix, FIRST + sockets.size(), name));
      }
      return sockets;
    } catch (IOException e) {
      sockets.forEach(socket -> socket.fd().close());
      throw e;
    }
  }

  private static List<String> names(Map<String, String> environment, int count) throws IOException {
    String all = environment.getOrDefault("LISTEN_FDNAMES", "");
    if (all.isEmpty()) {
      return Collections.nCopies(count, "");
    }
    List<String> names = List.of(all.split(":", -1));
    if (names.size() != count) {
      throw new IOException(
          "LISTEN_FDNAMES has " + names.size() + " names for " + count + " descriptors: " + all);
    }
    return names;
  }

  private static PassedSocket take(Posix posix, int number, String name) throws IOException {
    try {
      posix.closeOnExec(number);
    } catch (SysException e) {
      throw new IOException("LISTEN_FDS names descriptor " + number + ", which is not open", e);
    }
    String label = "passed:" + number;
    try (OwnedFd open = OwnedFd.of(posix, number, label)) { // it would stay open over an exec
      return new PassedSocket(name, open.duplicate(label));
    }
  }
}
