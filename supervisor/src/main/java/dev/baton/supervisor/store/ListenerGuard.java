package dev.baton.supervisor.store;

import dev.baton.sys.SysException;
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
  List<GuardFinding> check(ListenerSockets listener) {
    String name = listener.config().name();
    List<BoundListener.Outcome> done = new ArrayList<>();
    Optional<GuardFinding> failure = Optional.empty();
    try {
      listener.check(done);
      standing.remove(name);
    } catch (SysException | UnavailableException e) {
      GuardFinding finding =
          new GuardFinding(
              name,
              "it is shut down or cannot be checked",
              "not repaired: " + e.getMessage(),
              false);
      if (!finding.equals(standing.put(name, finding))) {
        failure = Optional.of(finding);
      }
    }
    List<GuardFinding> findings = new ArrayList<>();
    done.forEach(o -> findings.add(new GuardFinding(name, o.found(), o.done(), o.replaced())));
    failure.ifPresent(findings::add);
    return findings;
  }
}
