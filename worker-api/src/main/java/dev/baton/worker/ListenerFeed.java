package dev.baton.worker;

import dev.baton.fd.FedServerSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * An inbox whose taker is whoever accepts from a {@link ServerSocketChannel}. Under load that one
 * reads the control channel, too, which the channel's selector then watches: a server with one
 * event loop takes and serves a connection without any other thread.
 */
final class ListenerFeed implements FedServerSocket.Feed, Takers, Leading.Guest {
  private final Handoffs handoffs;
  private final Complaints complaints;
  private FedServerSocket socket;
  private final Leading leading;
  private volatile Inbox inbox;
  private volatile boolean guest;

  private ListenerFeed(Handoffs handoffs, Complaints complaints) {
    this.handoffs = handoffs;
    this.complaints = complaints;
    this.leading = handoffs.leading();
  }

  /**
   * Opens the channel. Consumes {@code own}.
   *
   * @param own the listening socket that is accepted from besides; null for none
   */
  static ServerSocketChannel open(
      Posix posix,
      String listener,
      SocketAddress local,
      OwnedFd own,
      Handoffs handoffs,
      Complaints complaints)
      throws IOException {
    ListenerFeed feed = new ListenerFeed(handoffs, complaints);
    feed.socket = FedServerSocket.open(posix, local, own, feed);
    feed.inbox = handoffs.open(listener, Addresses.isUnix(local), feed);
    return feed.socket.channel();
  }

  @Override
  public SocketChannel next() {
    Inbox from = inbox;
    for (; ; ) {
      Incoming connection = from == null ? null : from.take();
      if (connection == null && guest && leading.look(from)) {
        connection = from.take();
      }
      if (connection == null) {
        return null;
      }
      try {
        connection.open();
        return connection.channel();
      } catch (IOException | RuntimeException e) {
        complaints.cannotOpen(connection, e); // accept goes on with the next one
      }
    }
  }

  @Override
  public boolean isEmpty() {
    Inbox from = inbox;
    return from == null || from.available() == 0;
  }

  @Override
  public void accepted() {
    handoffs.reports().tally().connection();
  }

  @Override
  public void closed() {
    if (inbox != null) {
      handoffs.close(inbox);
    }
  }

  @Override
  public void wake() {
    socket.signal();
    leading.invite(this);
  }

  @Override
  public boolean leads() {
    return true;
  }

  @Override
  public void begin(int number) {
    guest = socket.watch(number);
  }

  @Override
  public void end(int number) {
    guest = false;
    socket.unwatch(number);
  }

  /** The plugin closes the channel when it drains. */
  @Override
  public void end() {}
}
