package dev.baton.worker;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/**
 * One connection, from its arrival in this worker to its end. While it waits it owns a descriptor,
 * which can still be given up; {@link #open()} turns that into the plugin's channel, by the one
 * thread that has taken it.
 */
final class Incoming implements Connection, Runnable {
  private final long id;
  private final String listener;
  private final String peerText;
  private final Reports reports;
  private final OwnedFd fd;
  private SocketAddress peer;
  private SocketChannel channel;
  private boolean claimed;

  private Incoming(
      long id, String listener, String peerText, SocketAddress peer, OwnedFd fd, Reports reports) {
    this.id = id;
    this.listener = listener;
    this.peerText = peerText;
    this.peer = peer;
    this.fd = fd;
    this.reports = reports;
  }

  /** One that the supervisor handed over. Consumes {@code fd}. */
  static Incoming handedOff(
      long number, String listener, String peerText, OwnedFd fd, Reports reports) {
    return new Incoming(number, listener, peerText, null, fd, reports);
  }

  /**
   * One that this worker accepted by itself, open from now on. Consumes {@code fd}.
   *
   * @param peer null where the kernel has to be asked
   */
  static Incoming accepted(String listener, SocketAddress peer, OwnedFd fd, Reports reports) {
    return new Incoming(reports.opened(), listener, null, peer, fd, reports);
  }

  /** Whether the supervisor has a copy and waits for a claim or a refusal. */
  boolean handedOff() {
    return id >= 0;
  }

  /** Whether its claim was sent before it was taken. Under its inbox's lock. */
  boolean claimed() {
    return claimed;
  }

  /** Whether it can be given back. Under its inbox's lock, or when it was taken out. */
  boolean refusable() {
    return handedOff() && !claimed;
  }

  void setClaimed() {
    claimed = true;
  }

  /**
   * Makes the channel. The address came with the connection, which saves asking the kernel.
   *
   * @throws IOException when it cannot be made; the connection is then closed and reported as such
   */
  void open() throws IOException {
    try {
      if (peer == null && peerText != null) {
        peer = PeerText.parse(peerText);
      }
      channel = Adoption.socket(fd, peer, this);
      if (peer == null) {
        peer = channel.getRemoteAddress();
      }
    } catch (IOException | RuntimeException e) {
      if (channel == null) {
        reports.closed(id);
      } else {
        channel.close();
      }
      throw e;
    }
  }

  /** Lets go of one that was not opened: other holders of the connection notice nothing. */
  void drop() {
    fd.close();
  }

  /** Its channel was closed. */
  @Override
  public void run() {
    reports.closed(id);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String listener() {
    return listener;
  }

  @Override
  public SocketAddress peer() {
    return peer;
  }

  @Override
  public SocketChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return listener + " connection " + id + (peer == null ? "" : " of " + peer);
  }
}
