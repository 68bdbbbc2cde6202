package dev.baton.supervisor.store;

import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks after listeners that plugins have copies of. O_NONBLOCK, the length of the queue and
 * whether it listens at all belong to the socket, so any of its holders can change them for all.
 */
final class ListenerGuard {
  /** The last unrepaired finding of each listener, so that it is told once and not every second. */
  private final Map<String, GuardFinding> standing = new HashMap<>();

  /** Checks and repairs one listener: what is new. Never throws for a failed call. */
  List<GuardFinding> check(BoundListener listener) {
    String name = listener.config.name();
    List<GuardFinding> findings = new ArrayList<>();
    try {
      if (listener.makeNonBlocking()) {
        add(findings, name, new BoundListener.Outcome("it was made blocking", "undone", false));
      }
      Optional<BoundListener.Outcome> outcome =
          listener.listening() ? name(listener) : Optional.of(listener.restore());
      outcome = outcome.isPresent() ? outcome : listener.checkQueue();
      outcome.ifPresent(o -> add(findings, name, o));
      standing.remove(name);
    } catch (SysException | UnavailableException e) {
      GuardFinding finding =
          new GuardFinding(
              name,
              "it is shut down or cannot be checked",
              "not repaired: " + e.getMessage(),
              false);
      if (!finding.equals(standing.put(name, finding))) {
        findings.add(finding);
      }
    }
    return findings;
  }

  private static Optional<BoundListener.Outcome> name(BoundListener listener)
      throws SysException, UnavailableException {
    if (!(listener instanceof UnixListener unix)) {
      return Optional.empty();
    }
    try {
      return unix.nameIsGone()
          ? Optional.of(unix.rebind("its socket file was removed"))
          : Optional.empty();
    } catch (SysException e) {
      throw e;
    } catch (IOException e) {
      throw new UnavailableException("its path cannot be read: " + e);
    }
  }

  private static void add(List<GuardFinding> findings, String name, BoundListener.Outcome outcome) {
    findings.add(new GuardFinding(name, outcome.found(), outcome.done(), outcome.replaced()));
  }
}
