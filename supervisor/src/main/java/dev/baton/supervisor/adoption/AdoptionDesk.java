package dev.baton.supervisor.adoption;

import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.process.ProcStat;
import dev.baton.supervisor.state.WorkerRecord;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Receives who comes to the adoption socket, and lets those through that are who they say. Anybody
 * on the machine can come: each has one message and some seconds, and no more than some at once are
 * listened to. Only for the loop's thread.
 */
public final class AdoptionDesk implements AutoCloseable {
  private static final int MOST_AT_ONCE = 256;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

  private final Posix posix;
  private final Loop loop;
  private final AdoptionSocket socket;
  private final Function<String, Optional<WorkerRecord>> known;
  private final Consumer<Orphan> through;
  private final Consumer<String> warn;
  private final Set<Visitor> visitors = new HashSet<>();
  private final Loop.Interest interest;

  /**
   * Begins to watch the socket, which stays its owner's.
   *
   * @param known what was written down of a worker that is waited for
   * @param through gets each that is who it says and was told so; consumes it
   * @param warn told of each that is not
   */
  public AdoptionDesk(
      Posix posix,
      Loop loop,
      AdoptionSocket socket,
      Function<String, Optional<WorkerRecord>> known,
      Consumer<Orphan> through,
      Consumer<String> warn)
      throws SysException {
    this.posix = posix;
    this.loop = loop;
    this.socket = socket;
    this.known = known;
    this.through = through;
    this.warn = warn;
    this.interest = loop.watch(socket::borrow, this::accept, () -> {});
  }

  private void accept() {
    try {
      while (visitors.size() < MOST_AT_ONCE) {
        Optional<OwnedFd> next = socket.accept();
        if (next.isEmpty()) {
          return;
        }
        visitors.add(new Visitor(next.get()));
      }
      interest.reading(false); // until one has gone
    } catch (SysException e) {
      warn.accept("who wants to be adopted cannot be let in: " + e.getMessage());
    }
  }

  /** Somebody who has not said yet who it is. */
  private final class Visitor {
    private final MessageChannel<ToSupervisor> channel;
    private final PeerCredentials peer;
    private final Loop.Interest readable;
    private boolean over;

    Visitor(OwnedFd fd) throws SysException {
      channel = new MessageChannel<>(posix, new FrameSocket(posix, fd), ToSupervisor.class);
      try {
        peer = channel.borrow(posix::peerCredentials);
        readable = loop.watch(channel::borrow, this::read, () -> {});
      } catch (SysException e) {
        channel.close();
        throw e;
      }
      loop.timers().at(loop.now() + PATIENCE, this::expired);
    }

    private void expired() {
      if (!over) {
        refuse(new ProtocolException(ErrorCode.OUT_OF_ORDER, "it said nothing within 5 s"));
      }
    }

    private void read() {
      try {
        Optional<Received<ToSupervisor>> received = channel.receive(false);
        if (received.isEmpty()) {
          return;
        }
        try (Received<ToSupervisor> r = received.get()) {
          if (!(r.message() instanceof ToSupervisor.Rejoin said)) {
            throw new ProtocolException(ErrorCode.OUT_OF_ORDER, "it did not say rejoin");
          }
          admit(said, r.fds());
        }
      } catch (ProtocolException e) {
        refuse(e);
      } catch (IOException e) {
        leave();
        channel.close();
      }
    }

    private void admit(ToSupervisor.Rejoin said, FdBag fds) throws ProtocolException, IOException {
      Optional<WorkerRecord> record = known.apply(said.worker());
      OwnedFd pidfd = Identity.check(posix, said, peer, record);
      WorkerId id = WorkerId.parse(said.worker()).orElseThrow();
      try {
        channel.send(new ToWorker.Adopted(said.worker(), record.orElseThrow().generation()));
      } catch (IOException | ProtocolException e) {
        pidfd.close();
        throw e;
      }
      FdBag brought = new FdBag();
      for (int i = 0; i < fds.size(); i++) {
        brought.add(fds.take(i));
      }
      leave();
      through.accept(
          new Orphan(id, record.get(), said, channel, brought, pidfd, age(record.get().pid())));
    }

    private void refuse(ProtocolException e) {
      warn.accept(
          "pid " + peer.pid() + ", uid " + peer.uid() + ", is not adopted: " + e.getMessage());
      try {
        channel.send(new Reply.Error(null, e.code().number(), e.getMessage()));
      } catch (IOException | ProtocolException ignored) {
        // it has gone already
      }
      leave();
      channel.close();
    }

    private void leave() {
      over = true;
      readable.cancel();
      visitors.remove(this);
      try {
        interest.reading(true);
      } catch (SysException e) {
        warn.accept("who wants to be adopted cannot be let in: " + e.getMessage());
      }
    }
  }

  private static long age(int pid) {
    try {
      return ProcStat.of(Path.of("/proc", String.valueOf(pid))).ageNanos();
    } catch (IOException e) {
      return 0; // it has just ended, as its pidfd tells
    }
  }

  /** Listens to nobody any more. */
  @Override
  public void close() {
    interest.cancel();
    for (Visitor visitor : List.copyOf(visitors)) {
      visitor.leave();
      visitor.channel.close();
    }
  }
}
