package dev.baton.supervisor.openserver;

import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_ERROR;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.loop.Timers;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that have begun ({@code connect(2)}, EINPROGRESS), all on one thread: who does not
 * answer costs a descriptor for a while and no thread. Thread-safe.
 */
final class PendingConnects implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PendingConnects.class);

  private static final Duration RETRY = Duration.ofMillis(100);

  private final Posix posix;
  private final Duration patience;
  private final Loop loop;
  private final Thread thread;
  private final Set<Pending> open = new HashSet<>(); // only on the loop's thread
  private final Object gate = new Object();
  private volatile boolean closing;

  PendingConnects(Posix posix, Duration patience) throws SysException {
    this.posix = posix;
    this.patience = patience;
    this.loop = new Loop(posix);
    this.thread = new Thread(this::run, "baton-connect");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    boolean running = true;
    while (running) {
      try {
        loop.run();
        running = false;
      } catch (SysException e) {
        LOG.warn("waiting for connections is tried again: {}", e.getMessage());
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
    List.copyOf(open).forEach(p -> p.end(PendingConnects::ending));
  }

  private static Refusal ending() {
    return aborted("the open server has ended");
  }

  private static Refusal aborted(String why) {
    return Refusal.of(new SysException("connect", Errno.ECONNABORTED.number()), why);
  }

  /** Waits for a connection; the socket is consumed. */
  void await(OwnedFd socket, String rule, OpenDesk owner, Consumer<Decision> then) {
    if (!post(() -> new Pending(socket, rule, owner, then).begin())) {
      socket.close();
      then.accept(Decision.refused(ending()));
    }
  }

  /** Closes what is on its way for that owner. What was begun is decided all the same. */
  void forget(OpenDesk owner) {
    post(() -> List.copyOf(open).stream().filter(p -> p.owner == owner).forEach(Pending::givenUp));
  }

  /** False when it has ended, and the task will not run. */
  private boolean post(Runnable task) {
    synchronized (gate) {
      if (closing) {
        return false;
      }
      execute(task);
      return true;
    }
  }

  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (IllegalStateException e) {
      // The task is there, and only the waking failed.
      LOG.warn("{}; tried again", e.getMessage());
      loop.execute(() -> {});
    }
  }

  /** A connected socket in blocking mode; it is consumed. */
  static Decision finished(Posix posix, OwnedFd socket, String rule) throws SysException {
    try (socket) {
      socket.use(n -> posix.setStatusFlags(n, 0)); // no O_NONBLOCK any more
      return Decision.given(socket.take("connection"), Descriptor.Kind.CONNECTION, rule);
    }
  }

  /** One connection on its way. */
  private final class Pending {
    private final OwnedFd socket;
    private final String rule;
    private final OpenDesk owner;
    private final Consumer<Decision> then;
    private Loop.Interest interest;
    private Timers.Timer deadline;

    private Pending(OwnedFd socket, String rule, OpenDesk owner, Consumer<Decision> then) {
      this.socket = socket;
      this.rule = rule;
      this.owner = owner;
      this.then = then;
    }

    void begin() {
      if (owner.isClosed()) {
        givenUp();
        return;
      }
      open.add(this);
      try {
        interest = loop.watch(socket::borrow, this::ready, this::ready);
        interest.writing(true);
        deadline = loop.timers().at(loop.now() + patience.toNanos(), this::late);
      } catch (SysException e) {
        end(() -> Refusal.of(e));
      }
    }

    private void late() {
      end(
          () ->
              Refusal.of(
                  new SysException("connect", Errno.ETIMEDOUT.number()),
                  "no answer within " + patience.toMillis() + " ms"));
    }

    private void ready() {
      try {
        int error = socket.borrow(n -> posix.getsockopt(n, SOL_SOCKET, SO_ERROR));
        if (error != 0) {
          throw new SysException("connect", error);
        }
        leave();
        then.accept(finished(posix, socket, rule));
      } catch (SysException e) {
        end(() -> Refusal.of(e));
      }
    }

    /** Answers that it came to nothing. */
    void end(Supplier<Refusal> why) {
      drop();
      then.accept(Decision.refused(why.get()));
    }

    void givenUp() {
      end(() -> aborted("who asked has gone"));
    }

    private void drop() {
      leave();
      socket.close();
    }

    private void leave() {
      open.remove(this);
      if (interest != null) {
        interest.cancel();
      }
      if (deadline != null) {
        deadline.cancel();
      }
    }
  }

  /** Answers all that have not connected yet with a refusal, and ends the thread. */
  @Override
  public void close() {
    synchronized (gate) {
      if (closing) {
        return;
      }
      closing = true;
      execute(loop::stop);
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    loop.close();
  }
}
