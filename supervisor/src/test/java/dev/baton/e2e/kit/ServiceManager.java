package dev.baton.e2e.kit;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.MSG_DONTWAIT;
import static dev.baton.sys.Constants.POLLIN;
import static dev.baton.sys.Constants.SOCK_DGRAM;

import dev.baton.fd.OwnedFd;
import dev.baton.ipc.SocketType;
import dev.baton.ipc.UnixAddress;
import dev.baton.ipc.UnixServer;
import dev.baton.sys.FileStatus;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.Python;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Stands in for systemd: hears what a service says on a real datagram socket, keeps the descriptors
 * that it is sent as {@code sd_notify(3)} describes FDSTORE, FDSTOREREMOVE and BARRIER, and starts
 * the next process with them. Thread-safe.
 */
public final class ServiceManager implements AutoCloseable {
  private static final int LOOK_MILLIS = 50;

  /**
   * Becomes its arguments, with the descriptors that it gets as 3 and up ({@code sd_listen_fds}).
   */
  private static final String STARTER =
      """
      import fcntl, os, socket, sys
      manager = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
      manager.connect(sys.argv[1])
      names, got = [], []
      while True:
          data, fds, _, _ = socket.recv_fds(manager, 4096, 1)
          if not data:
              break
          names.append(data.rstrip(b"\\0").decode())
          got.append(fcntl.fcntl(fds[0], fcntl.F_DUPFD_CLOEXEC, 200))
          os.close(fds[0])
      manager.close()
      for i, fd in enumerate(got):
          os.dup2(fd, 3 + i)
      os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(got)))
      os.environ["LISTEN_FDNAMES"] = ":".join(names)
      os.execvp(sys.argv[2], sys.argv[2:])
      """;

  private final Posix posix = Posix.system();
  private final Path path;
  private final OwnedFd socket;
  private final MessageBuffer in = MessageBuffer.withSender(4096, 4);
  private final Map<String, OwnedFd> kept = new LinkedHashMap<>();
  private final List<String> heard = new ArrayList<>();
  private final Thread thread = new Thread(this::listen, "service-manager");
  private volatile boolean closed;
  private int barriers;

  private ServiceManager(Path path) throws SysException {
    this.path = path;
    socket = OwnedFd.of(posix, posix.socket(AF_UNIX, SOCK_DGRAM, 0), "manager");
    socket.use(n -> posix.bind(n, SockAddr.unix(path.toString())));
    thread.start();
  }

  /** One that listens in a folder. */
  public static ServiceManager in(Path folder) throws SysException {
    return new ServiceManager(folder.resolve("notify"));
  }

  /** What is the service's NOTIFY_SOCKET. */
  public String socket() {
    return path.toString();
  }

  private void listen() {
    try {
      while (!closed) {
        if (socket.borrow(n -> posix.poll(n, POLLIN, LOOK_MILLIS)) != 0) {
          hear();
        }
      }
    } catch (SysException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void hear() throws SysException {
    int length = socket.borrow(n -> posix.recvmsg(n, in, MSG_DONTWAIT));
    var text = new String(in.bytes(Math.max(0, length)), StandardCharsets.US_ASCII);
    var came = new ArrayList<OwnedFd>();
    for (int number : in.descriptors()) {
      came.add(OwnedFd.of(posix, number, "came with " + text));
    }
    var lines = text.lines().toList();
    var name = lines.stream().filter(l -> l.startsWith("FDNAME=")).findFirst();
    heard.add(text);
    if (lines.contains("FDSTORE=1") && lines.contains("FDPOLL=0")) {
      came.forEach(fd -> keep(name.orElseThrow().substring(7), fd));
    } else if (lines.contains("FDSTOREREMOVE=1")) {
      Optional.ofNullable(kept.remove(name.orElseThrow().substring(7))).ifPresent(OwnedFd::close);
    } else {
      barriers += lines.contains("BARRIER=1") ? came.size() : 0;
      came.forEach(OwnedFd::close);
    }
  }

  /** One that it has already it does not keep twice. */
  private void keep(String name, OwnedFd fd) {
    if (kept.values().stream().anyMatch(other -> identity(other).equals(identity(fd)))) {
      fd.close();
    } else if (kept.putIfAbsent(name, fd) != null) {
      fd.close();
      throw new IllegalStateException("another one is called " + name);
    }
  }

  private String identity(OwnedFd fd) {
    var status = new FileStatus();
    try {
      fd.use(n -> posix.statx(n, status));
    } catch (SysException e) {
      throw new UncheckedIOException(e);
    }
    return status.device() + ":" + status.inode();
  }

  /** The names of what it keeps. */
  public synchronized Set<String> names() {
    return new TreeSet<>(kept.keySet());
  }

  /** Device and inode of each that it keeps, by name. */
  public synchronized Map<String, String> identities() {
    var all = new TreeMap<String, String>();
    kept.forEach((name, fd) -> all.put(name, identity(fd)));
    return all;
  }

  /** Everything that was said, in order. */
  public synchronized List<String> heard() {
    return List.copyOf(heard);
  }

  /** How many barriers it came to. */
  public synchronized int barriers() {
    return barriers;
  }

  /** Waits until it keeps these and no others. */
  public void awaitNames(String... names) throws InterruptedException, IOException {
    var wanted = new TreeSet<>(List.of(names));
    Deadline.await(
        Duration.ofSeconds(20),
        "the manager keeps " + wanted,
        () -> names().equals(wanted),
        () -> names() + " after " + heard());
  }

  /** What starts a program as a service with all that is kept; for one start. */
  public List<String> starter() throws IOException {
    var giving = path.resolveSibling("giving");
    var options = UnixServer.Options.DEFAULT.withType(SocketType.SEQPACKET);
    var server = UnixServer.listen(UnixAddress.of(giving), options);
    new Thread(() -> give(server), "giving").start();
    return List.of(
        "env", "NOTIFY_SOCKET=" + path, Python.required(), "-c", STARTER, giving.toString());
  }

  private void give(UnixServer server) {
    try (server;
        var to = server.accept().toDescriptors()) {
      synchronized (this) {
        for (var one : kept.entrySet()) {
          to.send(one.getValue(), one.getKey());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
    kept.values().forEach(OwnedFd::close);
    Files.deleteIfExists(path);
  }
}
