package dev.baton.supervisor.config;

import java.util.Objects;
import java.util.Set;

/**
 * What some clients of the open service may do. Immutable.
 *
 * @param uids users, as the kernel numbers them (an unsigned 32-bit number in an int)
 * @param gids primary groups, the same way
 * @param everybody whether it is for every client
 * @param policy what they may do
 */
public record ClientRule(
    Set<Integer> uids, Set<Integer> gids, boolean everybody, OpenPolicyConfig policy) {

  /** Copies the sets. */
  public ClientRule {
    uids = Set.copyOf(uids);
    gids = Set.copyOf(gids);
    Objects.requireNonNull(policy, "policy");
  }

  /** Whether it is for a client with this user and primary group (SO_PEERCRED, unix(7)). */
  public boolean names(int uid, int gid) {
    return everybody || uids.contains(uid) || gids.contains(gid);
  }
}
