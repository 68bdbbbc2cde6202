package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.Frame;
import dev.baton.channel.FrameSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ToWorker;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A worker's end of a channel, read by the test; what it says is told to the dispatcher at once.
 */
final class FakeWorker implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  final WorkerId id;
  private final Dispatcher dispatcher;
  private final OwnedFd supervisorEnd;
  private final OwnedFd ownEnd;
  private final FrameSocket socket;
  private final List<OwnedFd> taken = new ArrayList<>();

  /** A connection that came, with its descriptor, which the worker closes in the end. */
  record Handed(long number, ToWorker.Connection message, OwnedFd fd) {
    /** Writes to the client. */
    void write(String text) throws SysException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int written = fd.<Integer, SysException>borrow(n -> posix().write(n, bytes, bytes.length));
      assertEquals(bytes.length, written);
    }

    /** Reads up to so many bytes from the client, waiting for the first. */
    String read(int most) throws SysException {
      byte[] bytes = new byte[most];
      assertTrue(awaitReadable(fd, PATIENCE_MILLIS), "the client has sent nothing");
      int read = fd.<Integer, SysException>borrow(n -> posix().read(n, bytes));
      return new String(bytes, 0, read, StandardCharsets.UTF_8);
    }
  }

  FakeWorker(Dispatcher dispatcher, WorkerId id) throws SysException {
    this(dispatcher, id, 0);
  }

  /**
   * @param sendBuffer of the channel, in bytes; 0 leaves it as it is
   */
  FakeWorker(Dispatcher dispatcher, WorkerId id, int sendBuffer) throws SysException {
    this.id = id;
    this.dispatcher = dispatcher;
    FrameSocket.Ends ends = FrameSocket.pair(posix(), id.toString());
    this.supervisorEnd = ends.supervisor();
    this.ownEnd = ends.worker().take("fake worker");
    this.socket = new FrameSocket(posix(), ownEnd);
    if (sendBuffer > 0) {
      supervisorEnd.use(
          n -> posix().setsockopt(n, Constants.SOL_SOCKET, Constants.SO_SNDBUF, sendBuffer));
    }
    dispatcher.added(id, id.slot(), supervisorEnd.duplicate("hand-offs to " + id));
  }

  private static Posix posix() {
    return Posix.system();
  }

  private static boolean awaitReadable(OwnedFd fd, int millis) throws SysException {
    return fd.<Integer, SysException>borrow(n -> posix().poll(n, Constants.POLLIN, millis)) != 0;
  }

  FakeWorker ready() {
    dispatcher.ready(id);
    return this;
  }

  /** The next connection, with a deadline. */
  Handed next() throws Exception {
    assertTrue(awaitReadable(ownEnd, PATIENCE_MILLIS), () -> id + " was handed nothing");
    return poll().orElseThrow();
  }

  /** The next connection, if one has come already. */
  Optional<Handed> poll() throws Exception {
    Optional<Frame> frame = socket.receive(false);
    if (frame.isEmpty() || frame.get().end()) {
      return Optional.empty();
    }
    try (Frame f = frame.get()) {
      ToWorker.Connection message = (ToWorker.Connection) Codec.fromSupervisor(f.payload());
      assertEquals(1, f.fds().size());
      OwnedFd fd = f.fds().take(0, "connection of " + id);
      taken.add(fd);
      return Optional.of(new Handed(message.connection(), message, fd));
    }
  }

  void claim(long... connections) {
    dispatcher.claimed(id, Numbers.of(connections, connections.length));
  }

  void refuse(long... connections) {
    dispatcher.refused(id, Numbers.of(connections, connections.length));
  }

  void closed(long... connections) {
    dispatcher.closed(id, Numbers.of(connections, connections.length));
  }

  /** As the kernel does when the process ends: everything of it is closed. */
  void die() {
    forget();
    socket.close();
  }

  /** Closes its copies of all connections. */
  void forget() {
    taken.forEach(OwnedFd::close);
    taken.clear();
  }

  void reaped() {
    dispatcher.reaped(id);
  }

  @Override
  public void close() {
    die();
    supervisorEnd.close();
  }
}
