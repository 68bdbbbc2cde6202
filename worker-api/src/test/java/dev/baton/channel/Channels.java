package dev.baton.channel;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.List;

/** Connected ends for tests. */
final class Channels {
  private Channels() {}

  /** Two bare ends; closing the pair closes both. */
  record Sockets(FrameSocket a, FrameSocket b) implements AutoCloseable {
    static Sockets open(Posix posix) throws SysException {
      FrameSocket.Ends ends = FrameSocket.pair(posix, "test");
      return new Sockets(
          new FrameSocket(posix, ends.supervisor()), new FrameSocket(posix, ends.worker()));
    }

    @Override
    public void close() {
      a.close();
      b.close();
    }
  }

  /** Both sides of a control channel, and the bare socket of the worker's side. */
  record Pair(
      MessageChannel<ToSupervisor> supervisor,
      MessageChannel<ToWorker> worker,
      FrameSocket bareWorker)
      implements AutoCloseable {
    static Pair open(Posix posix) throws SysException {
      Sockets sockets = Sockets.open(posix);
      return new Pair(
          new MessageChannel<>(posix, sockets.a(), ToSupervisor.class),
          new MessageChannel<>(posix, sockets.b(), ToWorker.class),
          sockets.b());
    }

    @Override
    public void close() {
      supervisor.close();
      worker.close();
    }
  }

  /** As many event counters as asked for, or none when one cannot be made. */
  static List<OwnedFd> events(Posix posix, int count) throws SysException {
    List<OwnedFd> fds = new ArrayList<>();
    FdBag bag = new FdBag();
    try {
      for (int i = 0; i < count; i++) {
        fds.add(bag.add(OwnedFd.of(posix, posix.eventfd(), "event " + i)));
      }
      return fds;
    } catch (SysException e) {
      bag.close();
      throw e;
    }
  }

  static void close(List<OwnedFd> fds) {
    fds.forEach(OwnedFd::close);
  }
}
