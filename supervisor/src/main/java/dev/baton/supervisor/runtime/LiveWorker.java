package dev.baton.supervisor.runtime;

import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ToSupervisor;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.core.Exit;
import dev.baton.supervisor.core.HeartbeatRules;
import dev.baton.supervisor.core.Pulse;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.process.Child;
import dev.baton.supervisor.process.QuietProcess;
import dev.baton.supervisor.process.Remains;
import dev.baton.supervisor.process.Spawned;
import dev.baton.supervisor.session.SessionEvents;
import dev.baton.supervisor.session.WorkerSession;
import dev.baton.supervisor.store.Inode;
import dev.baton.sys.FileStatus;
import dev.baton.sys.SysException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A worker that has a process: its child, its session, and both in the loop. Only for the loop's
 * thread.
 */
final class LiveWorker implements AutoCloseable {
  private static final long LOOK_PERIOD = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int REAP_ATTEMPTS = 3;

  private final Surroundings around;
  private WorkerId id;
  private Optional<QuietProcess> quiet;
  private final Child child;
  private final WorkerSession session;
  private final PoolEvents events;
  private final WorkerRequests requests;
  private final LentBook lent = new LentBook();
  private Loop.Interest channelInterest;
  private Loop.Interest deathInterest;
  private Pulse pulse = Pulse.WELL;
  private String status = "";
  private int reapAttempts;
  private long dumpAsked = -1;
  private boolean killed;
  private Remains remains;
  private boolean closed;

  /** Where a worker reports to. */
  interface PoolEvents {
    void happened(WorkerId worker, WorkerEvent event);

    /** Its plugin has taken these connections over. */
    void claimed(WorkerId worker, Numbers connections);

    /** It does not take these connections. */
    void refused(WorkerId worker, Numbers connections);

    /** Connections that it had taken over are closed. */
    void closed(WorkerId worker, Numbers connections);

    /** Something outside the core's state changed that operators see. */
    void changed();
  }

  /**
   * Consumes {@code spawned}. Watched once {@link #watch} was called.
   *
   * @param handedOff whether it is handed connections, and so may speak of them
   * @param policy what it may ask for
   */
  LiveWorker(
      Surroundings around,
      WorkerId id,
      Spawned spawned,
      PoolEvents events,
      boolean handedOff,
      OpenPolicyConfig policy) {
    this(
        around,
        id,
        spawned.child(),
        new MessageChannel<>(
            around.posix(), new FrameSocket(around.posix(), spawned.channel()), ToSupervisor.class),
        events,
        handedOff,
        policy);
    this.quiet = spawned.quiet();
  }

  /** One that an earlier supervisor has started; consumes {@code child} and {@code channel}. */
  LiveWorker(
      Surroundings around,
      WorkerId id,
      Child child,
      MessageChannel<ToSupervisor> channel,
      PoolEvents events,
      boolean handedOff,
      OpenPolicyConfig policy) {
    this.around = around;
    this.id = id;
    this.child = child;
    this.quiet = Optional.empty();
    this.events = events;
    this.session = new WorkerSession(channel, new FromSession(), around.loop()::now, handedOff);
    this.requests =
        new WorkerRequests(around, this::id, child.pid(), policy, session, this::afterSending);
  }

  /**
   * Has the loop watch it. On failure it is for the caller to end it; its death is noticed all the
   * same.
   */
  void watch() throws SysException {
    try {
      deathInterest = around.loop().watch(child::borrow, this::died, () -> {});
      channelInterest = around.loop().watch(session::borrow, this::readable, this::writable);
    } catch (SysException e) {
      if (deathInterest == null) {
        lookForDeath();
      }
      throw e;
    }
  }

  private void lookForDeath() {
    around
        .loop()
        .timers()
        .at(
            around.loop().now() + LOOK_PERIOD,
            () -> {
              if (!closed) {
                died();
                lookForDeath();
              }
            });
  }

  int pid() {
    return child.pid();
  }

  /** Who it is by now. */
  WorkerId id() {
    return id;
  }

  /** It was a spare and is the worker of a slot from now on. */
  void takes(WorkerId slot) {
    id = slot;
  }

  /** It has as much of the CPUs as its pool is to have, from now on or already. */
  void quietIsOver() {
    quiet.ifPresent(around.starter()::raise);
    quiet = Optional.empty();
  }

  String status() {
    return status;
  }

  WorkerSession session() {
    return session;
  }

  /** What it has been lent. */
  LentBook lent() {
    return lent;
  }

  /** What our end of its channel is; empty when that cannot be told. */
  Optional<Inode> channel() {
    FileStatus found = new FileStatus();
    try {
      return session.borrow(
          n -> {
            around.posix().statx(n, found);
            return Optional.of(new Inode(found.device(), found.inode()));
          });
    } catch (SysException e) {
      return Optional.empty();
    }
  }

  /** Hands it another log file, which is consumed; see {@link WorkerSession#log}. */
  void log(OwnedFd file, Consumer<Optional<String>> answered) {
    session.log(file, answered);
    afterSending();
  }

  /** To be called after anything was sent. */
  void afterSending() {
    if (channelInterest == null) {
      return;
    }
    try {
      if (!session.listening()) {
        channelInterest.cancel();
      } else {
        channelInterest.writing(session.wantsWrite());
      }
    } catch (SysException e) {
      around.journal().warn(id.toString(), "its channel cannot be watched: " + e.getMessage());
    }
  }

  /**
   * A heartbeat is due. What it has said is read before an answer is missed, so that it does not
   * pay for a supervisor that was late.
   *
   * @param forgiven whether the time before does not count
   * @return whether it is hung
   */
  boolean beat(HeartbeatRules rules, boolean forgiven) {
    if (!session.answered()) {
      readAll();
    }
    pulse = pulse.beat(session.answered(), forgiven);
    session.ping();
    afterSending();
    return rules.hung(pulse);
  }

  /**
   * @param logged how far its log goes by now; negative when unknown
   */
  void dumpThreads(long logged) {
    dumpAsked = logged;
    signal("QUIT", child::dumpThreads);
  }

  void terminate() {
    signal("TERM", child::terminate);
  }

  void kill() {
    killed = true;
    signal("KILL", child::kill);
  }

  private interface Signal {
    void send() throws SysException;
  }

  private void signal(String name, Signal signal) {
    try {
      signal.send();
    } catch (SysException e) {
      around.journal().warn(id.toString(), name + " could not be sent: " + e.getMessage());
    }
  }

  /** Takes in what it has said so far. */
  void readAll() {
    session.readAll();
    afterSending();
  }

  private void readable() {
    session.readable();
    afterSending();
  }

  private void writable() {
    session.writable();
    afterSending();
  }

  /** The process has ended: what it said last comes first, then its end. */
  private void died() {
    session.readAll();
    Optional<String> cgroup = child.cgroup(); // which goes when it is reaped
    Exit exit;
    try {
      Optional<Exit> reaped = child.reap();
      if (reaped.isEmpty()) {
        return;
      }
      exit = reaped.get();
    } catch (SysException e) {
      around.journal().warn(id.toString(), "could not be reaped: " + e.getMessage());
      if (++reapAttempts < REAP_ATTEMPTS) {
        return; // the loop tells of it again
      }
      exit = Exit.UNKNOWN;
    }
    close();
    remains = new Remains(exit, killed, cgroup, dumpAsked);
    events.happened(id, WorkerEvent.reaped(exit));
  }

  /** What is known of its end; null before. */
  Remains remains() {
    return remains;
  }

  @Override
  public void close() {
    closed = true;
    if (channelInterest != null) {
      channelInterest.cancel();
    }
    if (deathInterest != null) {
      deathInterest.cancel();
    }
    requests.close();
    session.close();
    child.close();
  }

  private final class FromSession implements SessionEvents {
    @Override
    public void happened(WorkerEvent event) {
      events.happened(id, event);
    }

    @Override
    public void claimed(Numbers connections) {
      events.claimed(id, connections);
    }

    @Override
    public void refused(Numbers connections) {
      events.refused(id, connections);
    }

    @Override
    public void closed(Numbers connections) {
      events.closed(id, connections);
    }

    @Override
    public void asked(ToSupervisor.Asking request) {
      requests.asked(request);
    }

    @Override
    public void status(String text) {
      status = text;
      events.changed();
    }

    @Override
    public void warning(String text) {
      around.journal().warn(id.toString(), text);
    }
  }
}
