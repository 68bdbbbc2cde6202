package dev.baton.worker.vertx;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.worker.ConnectionHandler;
import dev.baton.worker.Counters;
import dev.baton.worker.Drain;
import dev.baton.worker.HealthCheck;
import dev.baton.worker.OpenRequest;
import dev.baton.worker.WorkerContext;
import dev.baton.worker.WorkerIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/** A worker that was offered copies of listeners; whoever calls keeps the originals. */
final class FakeWorker implements WorkerContext, AutoCloseable {
  private static final Posix POSIX = Posix.system();

  private final Map<String, OwnedFd> offered = new LinkedHashMap<>();
  private final Map<String, ServerSocketChannel> claimed = new LinkedHashMap<>();
  private final Map<String, SocketAddress> addresses = new LinkedHashMap<>();
  final LongAdder well = new LongAdder();
  final LongAdder failed = new LongAdder();
  volatile String status = "";

  static OwnedFd tcp() throws IOException {
    return listening(SockAddr.inet(InetAddress.getByName("127.0.0.1"), 0));
  }

  static OwnedFd unix(Path path) throws IOException {
    return listening(SockAddr.unix(path.toString()));
  }

  private static OwnedFd listening(SockAddr address) throws IOException {
    int type = Constants.SOCK_STREAM | Constants.SOCK_NONBLOCK;
    OwnedFd fd = OwnedFd.of(POSIX, POSIX.socket(address.family(), type, 0), "kept");
    fd.use(n -> POSIX.bind(n, address));
    fd.use(n -> POSIX.listen(n, 1024));
    return fd;
  }

  static SocketAddress addressOf(OwnedFd listener) throws IOException {
    SockAddr bound = listener.borrow(POSIX::getsockname);
    return bound.family() == Constants.AF_UNIX
        ? UnixDomainSocketAddress.of(bound.path())
        : new InetSocketAddress(bound.host(), bound.port());
  }

  /** Accepts as another holder of the listener would; {@code null} when nobody waits. */
  static OwnedFd accept(OwnedFd listener) throws IOException {
    int n = listener.borrow(POSIX::accept4);
    return n == Posix.WOULD_BLOCK ? null : OwnedFd.of(POSIX, n, "accepted");
  }

  FakeWorker offer(String name, OwnedFd kept) throws IOException {
    offered.put(name, kept.duplicate("lent " + name));
    addresses.put(name, addressOf(kept));
    return this;
  }

  /** A drain with its deadline, done when the future is. */
  static Drain drain(Duration time, CompletableFuture<Void> done) {
    long deadline = System.nanoTime() + time.toNanos();
    return new Drain() {
      @Override
      public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      }

      @Override
      public void done() {
        done.complete(null);
      }
    };
  }

  @Override
  public synchronized ServerSocketChannel listener(String name) throws IOException {
    if (!offered.containsKey(name)) {
      throw new IllegalArgumentException("no listener " + name + ": " + offered.keySet());
    }
    if (!claimed.containsKey(name)) {
      claimed.put(name, Adoption.serverSocket(offered.get(name)));
    }
    return claimed.get(name);
  }

  @Override
  public synchronized void close() throws IOException {
    for (ServerSocketChannel channel : claimed.values()) {
      channel.close();
    }
    offered.values().forEach(OwnedFd::close);
  }

  boolean claimed(String name) {
    return claimed.containsKey(name);
  }

  @Override
  public Set<String> listeners() {
    return Set.copyOf(offered.keySet());
  }

  @Override
  public WorkerIdentity identity() {
    return new WorkerIdentity("test", 0, 1, 1);
  }

  @Override
  public <T> T config(Class<T> type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> config() {
    return Map.of();
  }

  @Override
  public Set<String> datagrams() {
    return Set.of();
  }

  @Override
  public DatagramChannel datagrams(String wanted) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void connections(String listener, ConnectionHandler handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void connections(String listener, Executor executor, ConnectionHandler handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized SocketAddress address(String name) throws IOException {
    if (!addresses.containsKey(name)) {
      throw new IllegalArgumentException("no listener " + name + ": " + offered.keySet());
    }
    return addresses.get(name);
  }

  @Override
  public Set<String> files() {
    return Set.of();
  }

  @Override
  public FileChannel file(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<FileChannel> open(Path path, OpenRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<OwnedFd> openDescriptor(Path path, OpenRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<SocketChannel> connect(SocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<ServerSocketChannel> bind(InetSocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<DatagramChannel> bindDatagrams(InetSocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void health(HealthCheck check, Duration deadline) {}

  @Override
  public Counters counters() {
    return (nanos, ok) -> (ok ? well : failed).increment();
  }

  @Override
  public void ready() {}

  @Override
  public void status(String text) {
    status = text;
  }
}
