package dev.baton.worker;

import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Message;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToSupervisor.Rejoin;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The supervisor's end of one worker's channel, played by a test. */
final class SupervisorEnd implements AutoCloseable {
  static final long MILLIS = 20_000;

  private final Posix posix = Posix.system();
  private final MessageChannel<ToSupervisor> channel;
  private final Supplier<String> evidence;

  SupervisorEnd(OwnedFd fd, Supplier<String> evidence) {
    this.channel = new MessageChannel<>(posix, new FrameSocket(posix, fd), ToSupervisor.class);
    this.evidence = evidence;
  }

  void send(Message message) throws IOException, ProtocolException {
    channel.send(message);
  }

  /** Lends a copy of each. */
  void offer(long id, List<Descriptor> what, OwnedFd... fds) throws Exception {
    OwnedFd[] copies = new OwnedFd[fds.length];
    for (int i = 0; i < fds.length; i++) {
      copies[i] = fds[i].duplicate("copy of " + fds[i].label());
    }
    channel.send(new ToWorker.Offer(id, what), List.of(copies));
  }

  /** Hands one connection over; the caller keeps the original. */
  void handOff(long number, String listener, String peer, OwnedFd connection) throws Exception {
    Descriptor d = new Descriptor(Descriptor.Kind.CONNECTION, listener, null, null, null, null);
    channel.send(
        new ToWorker.Connection(number, listener, peer, List.of(d)),
        List.of(connection.duplicate("handed off")));
  }

  /** Answers a request, and gives the descriptor away. */
  void opened(long id, Descriptor.Kind kind, OwnedFd fd) throws Exception {
    Descriptor d = new Descriptor(kind, "asked-for", null, null, null, null);
    channel.send(new ToWorker.Opened(id, List.of(d)), List.of(fd));
  }

  /** The next message, which must be of that type. */
  <M extends ToSupervisor> M expect(Class<M> type) throws Exception {
    ToSupervisor message = next();
    if (!type.isInstance(message)) {
      throw new AssertionError(
          "expected " + type.getSimpleName() + ", got " + message + "\n" + evidence.get());
    }
    return type.cast(message);
  }

  /** Whether one waits to be read. */
  boolean hasMessage() throws IOException {
    return channel.<Integer, IOException>borrow(n -> posix.poll(n, Constants.POLLIN, 0)) != 0;
  }

  private ToSupervisor next() throws Exception {
    int there = 0;
    while ((there & Constants.POLLIN) == 0) {
      // A worker that reads slowly must not keep what was sent waiting here.
      int events = channel.flush() ? Constants.POLLIN : Constants.POLLIN | Constants.POLLOUT;
      there = channel.<Integer, IOException>borrow(n -> posix.poll(n, events, (int) MILLIS));
      failIfNothing(there);
    }
    try (Received<ToSupervisor> received = channel.receive(false).orElseThrow()) {
      return received.message();
    }
  }

  /** What a worker brings to be adopted; closes it. */
  record Brought(Rejoin said, FdBag fds) implements AutoCloseable {
    /** Stays the bag's. */
    OwnedFd named(String name) {
      for (int i = 0; i < said.fds().size(); i++) {
        if (said.fds().get(i).name().equals(name)) {
          return fds.get(i);
        }
      }
      throw new AssertionError(name + " is not among " + said.fds());
    }

    @Override
    public void close() {
      fds.close();
    }
  }

  /** The next message, which must be a rejoin, and its descriptors. */
  Brought rejoin() throws Exception {
    failIfNothing(
        channel.<Integer, IOException>borrow(n -> posix.poll(n, Constants.POLLIN, (int) MILLIS)));
    Received<ToSupervisor> received = channel.receive(false).orElseThrow();
    return new Brought((Rejoin) received.message(), received.fds());
  }

  private void failIfNothing(int there) {
    if (there == 0) {
      throw new AssertionError("no message in " + MILLIS + " ms\n" + evidence.get());
    }
  }

  /** Answers hello and waits for the plugin. */
  void welcome(String plugin, Map<String, Object> config) throws Exception {
    welcome(plugin, config, MILLIS);
  }

  void welcome(String plugin, Map<String, Object> config, long drainMillis) throws Exception {
    ToSupervisor.Hello hello = expect(ToSupervisor.Hello.class);
    if (!hello.protocol().equals(Version.CURRENT.toString())) {
      throw new AssertionError(hello);
    }
    send(welcomeMessage(plugin, config, drainMillis));
  }

  static ToWorker.Welcome welcomeMessage(
      String plugin, Map<String, Object> config, long drainMillis) {
    return new ToWorker.Welcome(
        "web/1#7",
        3,
        Version.CURRENT.toString(),
        "/nowhere/adoption",
        "secret",
        1000,
        drainMillis,
        plugin,
        config);
  }

  void start() throws Exception {
    expect(ToSupervisor.Loaded.class);
    send(new ToWorker.Start(1, "web/1#7", 3));
  }

  /** The supervisor's death. */
  void die() {
    channel.close();
  }

  @Override
  public void close() {
    channel.close();
  }
}
