package dev.baton.supervisor.openserver;

import java.util.Objects;

/**
 * Who asks.
 *
 * @param name a worker's id, or {@code uid 1000} of a client of the open service
 * @param pid the process as the kernel numbers it; 0 when it is not known
 * @param uid its user
 * @param gid its primary group
 */
public record Requester(String name, int pid, int uid, int gid) {
  /** Checks that there is a name. */
  public Requester {
    Objects.requireNonNull(name, "name");
  }

  /** As the audit log has it: {@code vault/0#3 pid=12 uid=65534}. */
  @Override
  public String toString() {
    return name + " pid=" + pid + " uid=" + Integer.toUnsignedString(uid);
  }
}
