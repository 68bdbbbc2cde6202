package dev.baton.supervisor.dispatch;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Descriptors that are kept back from clients. Connections that wait for a worker must not take
 * those that the supervisor needs to start that worker, nor those for its operators.
 *
 * <p>The kernel gives the lowest free number, so a number says how many are in use below it.
 */
public final class Reserve {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String OPEN_FILES = "Max open files";
  private static final int FEWEST = 64;
  private static final int MOST = 256;

  private final Posix posix;
  private final int ceiling;

  private Reserve(Posix posix, int ceiling) {
    this.posix = posix;
    this.ceiling = ceiling;
  }

  /**
   * A quarter of what this process may have (RLIMIT_NOFILE, {@code getrlimit(2)}), within bounds.
   */
  public static Reserve ofThisProcess(Posix posix) {
    int limit = limit();
    return new Reserve(posix, limit - Math.max(FEWEST, Math.min(MOST, limit / 4)));
  }

  /** Clients may have numbers below this one. */
  public static Reserve above(Posix posix, int ceiling) {
    return new Reserve(posix, ceiling);
  }

  private static int limit() {
    try {
      List<String> lines = Files.readAllLines(LIMITS);
      for (String line : lines) {
        if (line.startsWith(OPEN_FILES)) {
          return Integer.parseInt(line.substring(OPEN_FILES.length()).strip().split("\\s+")[0]);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Unlimited, or not to be known: accept4(2) tells when it is reached.
    }
    return Integer.MAX_VALUE;
  }

  /** Whether a descriptor of this number is the last that a client gets for now. */
  public boolean begunBy(int number) {
    return number >= ceiling;
  }

  /** Whether clients would still get descriptors of the reserve. */
  public boolean stillBegun() throws SysException {
    try (OwnedFd probe = OwnedFd.of(posix, posix.eventfd(), "probe")) {
      return probe.borrow(this::begunBy);
    }
  }
}
