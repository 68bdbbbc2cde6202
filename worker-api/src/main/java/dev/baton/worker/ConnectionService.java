package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.channels.Channel;

/**
 * A listener whose connections are served by a handler: handed over by the supervisor, accepted
 * from a socket, or both. Open until a drain, a revocation or {@link #close()}; connections go on.
 */
final class ConnectionService implements Channel, Takers {
  private final Handoffs handoffs;
  private final ServingTakers takers;
  private final Acceptor acceptor;
  private Inbox inbox;
  private volatile boolean open = true;

  private ConnectionService(Handoffs handoffs, ServingTakers takers, Acceptor acceptor) {
    this.handoffs = handoffs;
    this.takers = takers;
    this.acceptor = acceptor;
  }

  /**
   * Begins to serve. Consumes {@code own}.
   *
   * @param unix whether it is a UNIX-domain listener
   * @param own the listening socket to accept from; null for none
   */
  static ConnectionService start(
      Posix posix,
      String listener,
      boolean unix,
      OwnedFd own,
      ServingTakers takers,
      Handoffs handoffs,
      Complaints complaints)
      throws SysException {
    Acceptor acceptor =
        own == null ? null : new Acceptor(posix, listener, own, handoffs.reports(), complaints);
    ConnectionService service = new ConnectionService(handoffs, takers, acceptor);
    Inbox inbox = handoffs.open(listener, unix, service);
    service.inbox = inbox;
    takers.start(inbox, service.leads() ? handoffs.leading() : Leading.NONE);
    if (acceptor != null) {
      acceptor.start(inbox, takers);
    }
    return service;
  }

  @Override
  public void wake() {
    takers.wake();
  }

  /** Not where a socket brings connections, too: who waits for the supervisor would miss them. */
  @Override
  public boolean leads() {
    return acceptor == null;
  }

  /** What the socket still brought is served. */
  @Override
  public void end() {
    open = false;
    if (acceptor != null) {
      acceptor.stop();
    }
    takers.end();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    handoffs.close(inbox);
  }
}
