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

  /**
   * As {@link #lead}, but only as long as there is something to read. Its caller may hold locks of
   * its own, since nothing that reading leads to waits or asks a plugin.
   */
  default boolean look(Inbox inbox) {
    return false;
  }

  /**
   * Somebody was woken who can see for himself when the channel is readable: he is to be told when
   * he may. Of several only the last one is.
   */
  default void invite(Guest guest) {}

  /** Who watches the channel while its own thread does not. */
  interface Guest {
    /**
     * From now on he may {@link #look} when the channel is readable.
     *
     * @param number of the channel, lent until {@link #end}
     */
    void begin(int number);

    /** The channel's own thread reads again. */
    void end(int number);
  }
}
