package dev.baton.supervisor.openserver.service;

import static dev.baton.sys.Constants.MSG_DONTWAIT;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_SNDBUF;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ServiceAnswer;
import dev.baton.protocol.ServiceCodec;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.store.ServiceSocket;
import dev.baton.sys.Errno;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts clients, asks the kernel who they are, and turns away those that are too many. */
final class Doorway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Doorway.class);
  private static final int BURST = 32;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long QUIET = TimeUnit.SECONDS.toNanos(10);

  /**
   * The kernel keeps twice as much. Each answer in it has a descriptor, which nobody counts until
   * it is received: so there are some forty of them for a client that does not.
   */
  private static final int SEND_BUFFER = 16 * 1024;

  private final Room room;
  private final ServiceSocket socket;
  private final Loop.Interest interest;
  private final Set<ServiceClient> clients = new HashSet<>();
  private long quietUntil = Long.MIN_VALUE;
  private boolean closed;

  Doorway(Room room, ServiceSocket socket) throws SysException {
    this.room = room;
    this.socket = socket;
    this.interest = room.loop.watch(socket::borrow, this::accept, () -> {});
    scheduleSweep();
  }

  private void accept() {
    for (int i = 0; i < BURST; i++) {
      int number;
      try {
        number = socket.<Integer, SysException>borrow(room.posix::accept4);
      } catch (SysException e) {
        if (e.errno() == Errno.ECONNABORTED) {
          continue; // that client has gone
        }
        pause("the open service cannot accept clients, and tries again: " + e.getMessage());
        return;
      }
      if (number == Posix.WOULD_BLOCK || !admit(OwnedFd.of(room.posix, number, "open client"))) {
        return;
      }
    }
  }

  /** Whether to go on accepting. Consumes {@code fd}. */
  private boolean admit(OwnedFd fd) {
    try {
      if (fd.<Boolean, SysException>borrow(room.reserve::begunBy)) {
        turnAway(fd, "the supervisor has too few descriptors left");
        pause("the open service turns clients away: the supervisor has too few descriptors left");
        return false;
      }
      PeerCredentials peer = fd.<PeerCredentials, SysException>borrow(room.posix::peerCredentials);
      Optional<String> full = room.shares.full(peer.uid());
      if (full.isPresent()) {
        turnAway(fd, full.get());
        warn("the open service turned a client away, pid " + peer.pid() + ": " + full.get());
        return true;
      }
      fd.use(n -> room.posix.setsockopt(n, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER));
      clients.add(
          new ServiceClient(room, fd, peer, room.shares.enter(peer.uid()), clients::remove));
      return true;
    } catch (SysException e) {
      fd.close();
      warn("the open service lost a client: " + e.getMessage());
      return true;
    }
  }

  private void turnAway(OwnedFd fd, String text) throws SysException {
    room.tally.turnedAway();
    try (fd) {
      byte[] line = ServiceCodec.encode(ServiceAnswer.refused(0, ErrorCode.BUSY, text));
      room.out.put(line, line.length);
      fd.<Integer, SysException>borrow(n -> room.posix.sendmsg(n, room.out, MSG_DONTWAIT));
    } catch (SysException e) {
      if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET) {
        throw e;
      }
    }
  }

  /** Clients wait in the kernel's queue meanwhile. */
  private void pause(String text) {
    warn(text);
    try {
      interest.reading(false);
    } catch (SysException e) {
      warn("the open service cannot pause: " + e.getMessage());
    }
    room.loop.timers().at(room.loop.now() + PAUSE, this::resume);
  }

  private void resume() {
    if (closed) {
      return;
    }
    try {
      interest.reading(true);
    } catch (SysException e) {
      pause("the open service cannot accept clients, and tries again: " + e.getMessage());
    }
  }

  private void warn(String text) {
    long now = room.loop.now();
    if (now >= quietUntil) {
      quietUntil = now + QUIET;
      LOG.warn("{}", text);
    }
  }

  private void scheduleSweep() {
    long idle = room.config.idleTimeout().toNanos();
    long period = Math.max(TimeUnit.MILLISECONDS.toNanos(10), Math.min(idle / 8, QUIET));
    room.loop.timers().at(room.loop.now() + period, this::sweep);
  }

  private void sweep() {
    if (!closed) {
      long idle = room.config.idleTimeout().toNanos();
      List.copyOf(clients).forEach(client -> client.closeIfIdle(idle));
      scheduleSweep();
    }
  }

  /** Closes all clients; the socket is its owner's. */
  @Override
  public void close() {
    closed = true;
    interest.cancel();
    List.copyOf(clients).forEach(ServiceClient::close);
  }
}
