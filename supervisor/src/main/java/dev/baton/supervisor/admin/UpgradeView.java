package dev.baton.supervisor.admin;

import java.util.Optional;

/**
 * The last upgrade of the supervisor.
 *
 * @param number of upgrades that were tried while its process has run
 * @param verdict how the last one ended; empty when it goes on, or there was none
 */
public record UpgradeView(int number, Optional<Verdict> verdict) {
  /** Nobody has tried. */
  public static final UpgradeView NONE = new UpgradeView(0, Optional.empty());
}
