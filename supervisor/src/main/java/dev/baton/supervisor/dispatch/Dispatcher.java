package dev.baton.supervisor.dispatch;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Numbers;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts for the workers of one pool and hands the connections to them, on a thread of its own,
 * which owns the pool's {@link dev.baton.supervisor.core.dispatch.Ledger}. Where nobody can take a
 * connection it stays in the listener's queue; nobody is refused.
 *
 * <p>Every method but {@link #close} only leaves a command for that thread, in order, and never
 * blocks. Any thread may call; the order of the commands about one worker must be that in which
 * things happened: {@link #added}, then {@link #ready}, what it says, {@link #draining}, and {@link
 * #reaped} after all that its channel held. What is said of a worker that is not known is ignored.
 *
 * <pre>
 *   clients --accept4--> [ ledger ] --frame with the connection--> worker
 *                          ^  ^  ^                                   |
 *                          |  |  '-- claimed, refused, closed ------ loop (the control channel)
 *                          |  '----- added, ready, draining, reaped
 *                          '-------- copies kept until claimed
 * </pre>
 */
public final class Dispatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final long PATIENCE_MILLIS = 5_000;
  private static final long AFTER_DEFECT = TimeUnit.MILLISECONDS.toNanos(50);

  private final DispatchPlan plan;
  private final Poller poller;
  private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
  private final DispatchLoop loop;
  private final Board board;
  private final Thread thread;
  private final BooleanSupplier noCommands;
  private volatile boolean closing;
  private volatile boolean ended;

  private Dispatcher(Posix posix, DispatchPlan plan, DispatchEvents events, Poller poller) {
    this.plan = plan;
    this.poller = poller;
    this.loop = new DispatchLoop(posix, plan, events, poller);
    this.board = loop.board();
    board.show(System.nanoTime(), true);
    this.noCommands = () -> commands.isEmpty() && !closing;
    this.thread = new Thread(this::run, "baton-dispatch-" + plan.pool());
    thread.setDaemon(true);
  }

  /** Something that the thread is to do. */
  private interface Command extends Step {
    /** It will not be done. */
    default void drop() {}
  }

  /** What it carries is closed where it is not done. */
  private record Carrying(Runnable action, OwnedFd carried) implements Command {
    @Override
    public void run() {
      try {
        action.run();
      } catch (RuntimeException e) {
        drop();
        throw e;
      }
    }

    @Override
    public void drop() {
      carried.close();
    }
  }

  /** What a worker says of its connections, so often that one object each has to do. */
  private record Report(DispatchLoop loop, Said said, WorkerId worker, Numbers connections)
      implements Command {
    @Override
    public void run() {
      switch (said) {
        case CLAIMED -> loop.claimed(worker, connections);
        case REFUSED -> loop.refused(worker, connections);
        case CLOSED -> loop.closed(worker, connections);
      }
    }
  }

  private enum Said {
    CLAIMED,
    REFUSED,
    CLOSED
  }

  /**
   * Numbers of connections begin above this one, which an earlier supervisor has given: to be
   * called before any dispatcher starts.
   */
  public static void numberAfter(long last) {
    DispatchLoop.numberAfter(last);
  }

  /**
   * Starts the thread {@code baton-dispatch-POOL}, which accepts at once.
   *
   * @param plan its sockets are consumed, on failure too
   * @throws SysException when the thread's own descriptors cannot be made
   */
  public static Dispatcher start(Posix posix, DispatchPlan plan, DispatchEvents events)
      throws SysException {
    Poller poller;
    try {
      poller = new Poller(posix);
    } catch (SysException e) {
      plan.sources().forEach(s -> s.fd().ifPresent(OwnedFd::close));
      throw e;
    }
    Dispatcher dispatcher = new Dispatcher(posix, plan, events, poller);
    dispatcher.thread.start();
    return dispatcher;
  }

  /**
   * A worker has a process; it gets nothing before it is {@link #ready}.
   *
   * @param slot its place; of several ready workers of a slot only the newest gets connections
   * @param channel a duplicate of our end of its control channel; consumed
   */
  public void added(WorkerId worker, int slot, OwnedFd channel) {
    post(() -> loop.added(worker, slot, channel), channel);
  }

  /**
   * The worker has these connections of a supervisor before this one; right after {@link #added}.
   * New ones have higher numbers by {@link #numberAfter}.
   */
  public void adopted(WorkerId worker, Numbers connections) {
    post(() -> loop.adopted(worker, connections));
  }

  /** The worker has said {@code ready}. */
  public void ready(WorkerId worker) {
    post(() -> loop.ready(worker));
  }

  /** The worker gets no more connections and keeps those that it has. */
  public void draining(WorkerId worker) {
    post(() -> loop.draining(worker));
  }

  /**
   * The worker is dead and reaped, its channel was read to the end, and all that was in it was told
   * here. What it had not claimed and not touched goes to others now.
   */
  public void reaped(WorkerId worker) {
    post(() -> loop.reaped(worker));
  }

  /** The worker has taken connections over. */
  public void claimed(WorkerId worker, Numbers connections) {
    post(new Report(loop, Said.CLAIMED, worker, connections));
  }

  /** The worker gives connections back, by itself or recalled; may be empty. */
  public void refused(WorkerId worker, Numbers connections) {
    post(new Report(loop, Said.REFUSED, worker, connections));
  }

  /** Claimed connections are closed. */
  public void closed(WorkerId worker, Numbers connections) {
    post(new Report(loop, Said.CLOSED, worker, connections));
  }

  /**
   * One more socket to accept from for a listener.
   *
   * @param key what tells the listener's extra sockets apart; the same key replaces its socket
   * @param socket listening and non-blocking; consumed
   * @throws IllegalArgumentException when the plan has no such listener
   */
  public void extra(String listener, int key, OwnedFd socket) {
    if (plan.sources().stream().noneMatch(s -> s.listener().equals(listener))) {
      socket.close();
      throw new IllegalArgumentException(
          "the dispatcher of pool " + plan.pool() + " has no listener " + listener);
    }
    post(() -> loop.extra(listener, key, socket), socket);
  }

  /** Accepts no more from that socket, and closes this copy of it; unknown ones are ignored. */
  public void noExtra(String listener, int key) {
    post(() -> loop.noExtra(listener, key));
  }

  /** Accepts nothing more, or as usual again; what was accepted is handed over all the same. */
  public void hold(boolean on) {
    post(() -> loop.hold(on));
  }

  /**
   * What waits here goes to another dispatcher while none of our workers stays; each listener that
   * both have. Null: it waits for a worker of our own.
   */
  public void heir(Dispatcher other) {
    Consumer<Moved> to = other == null ? null : m -> other.post(() -> other.loop.moved(m), m.fd());
    post(() -> loop.heir(to));
  }

  /**
   * Runs a task once, when nothing waits and all that was handed over is claimed; on the dispatch
   * thread, which it must not hold up. Another call takes its place.
   */
  public void whenEmpty(Runnable task) {
    post(() -> loop.whenEmpty(task));
  }

  /** The answer to {@link DispatchEvents#catchUp}. */
  public void caughtUp(long ticket) {
    post(() -> loop.caughtUp(ticket));
  }

  /** The counts, at most about 100 ms old. */
  public DispatchFigures figures() {
    return board.figures();
  }

  private void post(Runnable action, OwnedFd carried) {
    post(new Carrying(action, carried));
  }

  private void post(Command command) {
    commands.add(command);
    if (ended) {
      dropCommands();
    } else {
      poller.wake();
    }
  }

  private void dropCommands() {
    for (Command c = commands.poll(); c != null; c = commands.poll()) {
      c.drop();
    }
  }

  private void run() {
    try {
      Step step = this::turn;
      while (!closing) {
        guarded(step);
      }
    } finally {
      guarded(loop::close);
      ended = true;
      dropCommands();
      poller.close();
    }
  }

  private interface Step {
    void run() throws SysException;
  }

  private void turn() throws SysException {
    loop.await(noCommands);
    for (Command c = commands.poll(); c != null; c = commands.poll()) {
      guarded(c);
      board.changed();
    }
    loop.handle();
  }

  /** Nothing ends this thread, or else the pool's clients would wait for ever. */
  private void guarded(Step step) {
    try {
      step.run();
    } catch (SysException e) {
      LOG.error("pool {}: the dispatcher tries again: {}", plan.pool(), e.getMessage());
      LockSupport.parkNanos(AFTER_DEFECT);
    } catch (RuntimeException | Error e) {
      LOG.error("pool {}: a step of the dispatcher failed; this is a defect", plan.pool(), e);
      LockSupport.parkNanos(AFTER_DEFECT);
    }
  }

  /**
   * Ends the thread and closes everything that is not claimed, the clients' connections included.
   * Waits for the thread, unless it is called on it. Idempotent.
   */
  @Override
  public void close() {
    closing = true;
    poller.wake();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
