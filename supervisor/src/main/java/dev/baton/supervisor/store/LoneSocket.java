package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.state.ListenerRecord;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A listener of one socket, which serves all slots. */
final class LoneSocket extends ListenerSockets {
  private final BoundListener socket;

  LoneSocket(BoundListener socket) {
    super(socket.config());
    this.socket = socket;
  }

  @Override
  BoundListener main() {
    return socket;
  }

  @Override
  List<BoundListener> all() {
    return List.of(socket);
  }

  @Override
  BoundListener of(int slot) {
    return socket;
  }

  @Override
  Set<Integer> slots() {
    return Set.of();
  }

  @Override
  Map<String, OwnedFd> toBeKept() {
    return Map.of(KeptName.ofListener(config().name()), socket.fd());
  }

  @Override
  List<ListenerRecord.Socket> sockets() {
    return List.of(new ListenerRecord.Socket(0, socket.cookie()));
  }

  @Override
  void steer(Set<Integer> wanted) {
    // All get what comes, by themselves.
  }

  @Override
  int queued(int slot) throws SysException {
    return socket.queued();
  }

  @Override
  void release(int slot) {
    // No slot has a socket of its own.
  }

  @Override
  void check(List<BoundListener.Outcome> done) throws SysException, UnavailableException {
    makeNonBlocking(socket, done);
    Optional<String> fault = socket.fault();
    if (fault.isEmpty() && nameIsGone()) {
      fault = Optional.of("its socket file was removed");
    }
    if (fault.isPresent()) {
      done.add(socket.restore(fault.get()));
    } else {
      socket.checkQueue().ifPresent(done::add);
    }
  }

  private boolean nameIsGone() throws SysException, UnavailableException {
    try {
      return socket instanceof UnixListener unix && unix.nameIsGone();
    } catch (SysException e) {
      throw e;
    } catch (IOException e) {
      throw new UnavailableException("its path cannot be read: " + e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
