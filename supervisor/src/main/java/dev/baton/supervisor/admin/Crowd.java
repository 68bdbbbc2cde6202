package dev.baton.supervisor.admin;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many connections a listening channel has, and may have. Called on the acceptor's thread. */
final class Crowd {
  private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);

  private final String where;
  private final int most;
  private final AtomicInteger connections = new AtomicInteger();
  private boolean full;

  /**
   * @param where for the log
   */
  Crowd(String where, int most) {
    this.where = where;
    this.most = most;
  }

  /** Counts a connection until it is closed; false if there are too many, and it does not count. */
  boolean enters(Channel peer) {
    if (connections.get() >= most) {
      // Once, not for each: whoever opens too many keeps trying.
      if (!full) {
        LOG.warn("closing further connections to {}: {} are open", where, most);
      }
      full = true;
      return false;
    }
    full = false;
    connections.incrementAndGet();
    peer.closeFuture().addListener(closed -> connections.decrementAndGet());
    return true;
  }
}
