package dev.baton.supervisor.session;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What one worker was offered, and what of it it has taken over. Only for the loop's thread. */
final class OfferedNames {
  private final Set<String> offered = new HashSet<>();
  private final Set<String> claimed = new HashSet<>();

  void offered(String name) {
    offered.add(name);
  }

  boolean has(String name) {
    return offered.contains(name);
  }

  /**
   * Takes a claim.
   *
   * @throws ProtocolException when one of them was not offered
   */
  void claim(List<String> names) throws ProtocolException {
    for (String name : names) {
      if (!offered.contains(name)) {
        throw new ProtocolException(
            ErrorCode.UNKNOWN_NAME, "claims \"" + name + "\", which it was not offered");
      }
      claimed.add(name);
    }
  }

  Set<String> claimed() {
    return Set.copyOf(claimed);
  }
}
