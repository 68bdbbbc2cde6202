package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Numbers;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.dispatch.DispatchSettings;
import dev.baton.supervisor.core.dispatch.Policy;
import dev.baton.supervisor.core.dispatch.RoundRobin;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A dispatcher with one TCP listener, made-up workers, and a record of what it asks for. */
final class DispatchWorld implements DispatchEvents, AutoCloseable {
  static final int PATIENCE_MILLIS = 10_000;
  static final int BACKLOG = 512;
  static final long LONG = TimeUnit.SECONDS.toNanos(60);
  static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);
  static final int WAIT_LIMIT = 100;

  /** Nothing is ever recalled. */
  static final DispatchSettings PATIENT =
      new DispatchSettings(LONG, LONG, SHORT, SHORT, WAIT_LIMIT);

  final Dispatcher dispatcher;
  final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  final BlockingQueue<Long> tickets = new LinkedBlockingQueue<>();

  /** Whether the loop does not answer {@link #catchUp}. */
  volatile boolean stalled;

  private final int port;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private int runs;

  /** What a test may choose. */
  static final class Choice {
    Posix posix = Posix.system();
    DispatchSettings settings = PATIENT;
    int maxConnections = 10_000;
    int maxUnclaimed = 256;
    Policy policy = new RoundRobin();
    int acceptQueue = BACKLOG;
    OwnedFd listener;
  }

  DispatchWorld() throws SysException {
    this(new Choice());
  }

  DispatchWorld(Choice choice) throws SysException {
    OwnedFd listener = choice.listener == null ? tcp(choice.acceptQueue) : choice.listener;
    port = listener.<Integer, SysException>borrow(n -> Posix.system().getsockname(n).port());
    DispatchPlan plan =
        new DispatchPlan(
            "pool",
            choice.settings,
            choice.maxConnections,
            choice.maxUnclaimed,
            slot -> 1,
            List.of(new DispatchPlan.Source("web", choice.policy, Optional.of(listener))));
    dispatcher = Dispatcher.start(choice.posix, plan, this);
  }

  /** A listening socket of TCP on loopback. */
  static OwnedFd tcp(int backlog) throws SysException {
    return listening(SockAddr.inet(InetAddress.getLoopbackAddress(), 0), backlog);
  }

  static OwnedFd unix(Path path) throws SysException {
    return listening(SockAddr.unix(path.toString()), BACKLOG);
  }

  private static OwnedFd listening(SockAddr address, int backlog) throws SysException {
    Posix posix = Posix.system();
    int type = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;
    OwnedFd fd = OwnedFd.of(posix, posix.socket(address.family(), type, 0), "test listener");
    try {
      fd.use(n -> posix.bind(n, address));
      fd.use(n -> posix.listen(n, backlog));
      return fd;
    } catch (SysException e) {
      fd.close();
      throw e;
    }
  }

  /** A new, ready worker. */
  FakeWorker worker(int slot) throws SysException {
    return starting(slot, 0).ready();
  }

  FakeWorker starting(int slot, int sendBuffer) throws SysException {
    FakeWorker worker = new FakeWorker(dispatcher, new WorkerId("pool", slot, ++runs), sendBuffer);
    closing.add(worker);
    return worker;
  }

  Socket connect() throws IOException {
    return connect(port);
  }

  Socket connect(int itsPort) throws IOException {
    Socket socket = new Socket();
    closing.add(socket);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), itsPort));
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  int port() {
    return port;
  }

  /** Closes a client with a reset. */
  static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
    client.close();
  }

  @Override
  public void recall(WorkerId worker, Numbers connections) {
    asked.add("recall " + worker + " " + connections);
  }

  @Override
  public void fault(WorkerId worker, String reason) {
    asked.add("fault " + worker + " " + reason);
  }

  @Override
  public void demand() {
    asked.add("demand");
  }

  @Override
  public void warning(String text) {
    asked.add("warning " + text);
  }

  @Override
  public void catchUp(long ticket) {
    if (stalled) {
      tickets.add(ticket);
    } else {
      dispatcher.caughtUp(ticket);
    }
  }

  /** The next thing asked for must begin so. */
  String awaitAsked(String beginning) throws InterruptedException {
    String next = asked.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertNotNull(next, () -> "not asked for: " + beginning);
    assertEquals(beginning, next.substring(0, Math.min(beginning.length(), next.length())), next);
    return next;
  }

  /** Waits for figures that fulfil something. */
  DispatchFigures.Listener await(String what, Predicate<DispatchFigures.Listener> test) {
    return awaitFigures(what, f -> test.test(f.listeners().get("web"))).listeners().get("web");
  }

  DispatchFigures figures() {
    return dispatcher.figures();
  }

  DispatchFigures awaitFigures(String what, Predicate<DispatchFigures> test) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    DispatchFigures figures = dispatcher.figures();
    while (!test.test(figures)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited for " + what + ", but: " + figures + " asked: " + asked);
      }
      LockSupport.parkNanos(1_000_000);
      figures = dispatcher.figures();
    }
    return figures;
  }

  @Override
  public void close() throws SysException {
    dispatcher.close();
    for (AutoCloseable each : closing) {
      try {
        each.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
