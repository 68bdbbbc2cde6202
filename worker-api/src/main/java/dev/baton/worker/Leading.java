package dev.baton.worker;

/**
 * Reading the control channel on a thread that serves, in place of the channel thread: what it
 * reads for itself needs no other thread to wake it.
 */
@FunctionalInterface
interface Leading {
  /** Nobody may. */
  Leading NONE = (inbox, have) -> false;

  /**
   * Handles what the supervisor says, until there is something to take. Waits for it a little.
   * Returns at once where another thread reads, or nothing more comes.
   *
   * <p>Called without any lock, by a thread that takes from the inbox; never throws.
   *
   * @param have connections of the inbox that are spoken for
   * @return whether there are more than those now
   */
  boolean lead(Inbox inbox, int have);
}
