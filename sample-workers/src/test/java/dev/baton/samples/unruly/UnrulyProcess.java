package dev.baton.samples.unruly;

import dev.baton.channel.Frame;
import dev.baton.channel.FrameSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Message;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.sys.Constants;
import dev.baton.sys.FdPair;
import dev.baton.sys.Posix;
import dev.baton.sys.SpawnRequest;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import dev.baton.worker.WorkerMain;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A worker process that runs the unruly plugin, with the test as its supervisor. */
final class UnrulyProcess implements AutoCloseable {
  private static final int MILLIS = 20_000;
  private static final String LISTENER = "tcp";
  private static final Descriptor CUSTODY =
      new Descriptor(
          Descriptor.Kind.LISTENER,
          LISTENER,
          Descriptor.Purpose.CUSTODY,
          "tcp://127.0.0.1:1",
          "dispatch",
          null);

  private final Posix posix = Posix.system();
  private final FrameSocket channel;
  private final int pid;
  private final int pidfd;
  private boolean reaped;

  /** A worker without descriptors. */
  UnrulyProcess(Path log, Map<String, Object> config) throws Exception {
    this(log, config, false);
  }

  /**
   * A worker that is sent connections.
   *
   * @param dispatched whether it has a dispatched listener, named as {@link #LISTENER}
   */
  UnrulyProcess(Path log, Map<String, Object> config, boolean dispatched) throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(posix, "unruly");
    channel = new FrameSocket(posix, ends.supervisor());
    int flags = Constants.O_RDWR | Constants.O_CREAT | Constants.O_APPEND;
    try (OwnedFd end = ends.worker();
        OwnedFd out = OwnedFd.of(posix, posix.open(log.toString(), flags, 0600), "log")) {
      int o = out.numberDoNotKeep();
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      List<String> command =
          List.of(
              java,
              "-Xmx64m",
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-XX:+ExitOnOutOfMemoryError",
              "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path"),
              WorkerMain.class.getName());
      pid =
          posix.spawn(
              new SpawnRequest(
                  java,
                  command,
                  List.of(WorkerMain.CHANNEL_VARIABLE + "=3"),
                  Optional.empty(),
                  List.of(o, o, o, end.numberDoNotKeep())));
      pidfd = posix.pidfdOpen(pid);
    }
    expect(ToSupervisor.Hello.class);
    send(
        new ToWorker.Welcome(
            "bad/0#1",
            1,
            Version.CURRENT.toString(),
            "/nowhere",
            "s",
            1000,
            500,
            UnrulyWorker.class.getName(),
            config));
    expect(ToSupervisor.Loaded.class);
    if (dispatched) {
      sendSocket(fds -> new ToWorker.Offer(1, fds), CUSTODY);
    }
    send(new ToWorker.Start(1, "bad/0#1", 1));
  }

  void send(Message message) throws Exception {
    channel.send(Codec.encode(message), List.of());
  }

  /** Hands it a connection, whose client has gone already. */
  void connect(long number) throws Exception {
    Descriptor one = new Descriptor(Descriptor.Kind.CONNECTION, LISTENER, null, null, null, null);
    sendSocket(fds -> new ToWorker.Connection(number, LISTENER, "127.0.0.1:2", fds), one);
  }

  /** One end of a pair goes, the other is closed. */
  private void sendSocket(Function<List<Descriptor>, Message> message, Descriptor what)
      throws Exception {
    FdPair pair = posix.socketpair(Constants.SOCK_STREAM);
    posix.close(pair.second());
    try (OwnedFd there = OwnedFd.of(posix, pair.first(), what.label())) {
      channel.send(Codec.encode(message.apply(List.of(what))), List.of(there));
    }
  }

  void signal(int signal) throws SysException {
    posix.kill(pid, signal);
  }

  /** Whether a frame, or the end, comes within that time. */
  boolean comes(int millis) throws SysException {
    return channel.<Integer, SysException>borrow(n -> posix.poll(n, Constants.POLLIN, millis)) != 0;
  }

  /** The next frame; the caller closes it. */
  Frame frame() throws Exception {
    if (!comes(MILLIS)) {
      throw new AssertionError("no frame in " + MILLIS + " ms");
    }
    return channel.receive(false).orElseThrow();
  }

  <M extends ToSupervisor> M expect(Class<M> type) throws Exception {
    try (Frame frame = frame()) {
      return type.cast(decode(frame));
    }
  }

  static ToSupervisor decode(Frame frame) throws ProtocolException {
    return Codec.fromWorker(frame.payload());
  }

  /** Whether the process ends by itself within that time. */
  boolean ends(int millis) throws SysException {
    return posix.poll(pidfd, Constants.POLLIN, millis) != 0;
  }

  WaitStatus reap() throws SysException {
    if (!ends(MILLIS)) {
      throw new AssertionError("still runs after " + MILLIS + " ms");
    }
    reaped = true;
    return posix.waitpid(pid).orElseThrow();
  }

  int pid() {
    return pid;
  }

  @Override
  public void close() throws SysException {
    if (!reaped) {
      posix.kill(pid, Constants.SIGKILL);
      reap();
    }
    posix.close(pidfd);
    channel.close();
  }
}
