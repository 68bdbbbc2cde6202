package dev.baton.supervisor.core;

import java.util.Set;

/**
 * A choice of ends.
 *
 * @param codes exit codes
 * @param signals numbers of the signals that ended a process
 */
public record ExitSet(Set<Integer> codes, Set<Integer> signals) {
  /** No end at all. */
  public static final ExitSet NONE = new ExitSet(Set.of(), Set.of());

  public ExitSet {
    codes = Set.copyOf(codes);
    signals = Set.copyOf(signals);
  }

  /** Whether an end is one of these; what is unknown is none. */
  public boolean contains(Exit exit) {
    if (exit.equals(Exit.UNKNOWN)) {
      return false;
    }
    return exit.signal() == 0 ? codes.contains(exit.code()) : signals.contains(exit.signal());
  }
}
