package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ToSupervisor.Claim;
import dev.baton.protocol.ToSupervisor.Ready;
import dev.baton.protocol.ToSupervisor.Status;
import dev.baton.protocol.ToSupervisor.Warning;
import dev.baton.worker.Offered.Sort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** The plugin's view of its worker. */
final class ContextImpl implements WorkerContext {
  private final WorkerIdentity identity;
  private final Map<String, Object> config;
  private final Offers offers;
  private final Requests requests;
  private final Health health;
  private final Counters counters;
  private final Outbox outbox;
  private final AtomicBoolean ready = new AtomicBoolean();

  ContextImpl(
      WorkerIdentity identity,
      Map<String, Object> config,
      Offers offers,
      Requests requests,
      Health health,
      Counters counters,
      Outbox outbox) {
    this.identity = identity;
    this.config = config;
    this.offers = offers;
    this.requests = requests;
    this.health = health;
    this.counters = counters;
    this.outbox = outbox;
  }

  @Override
  public WorkerIdentity identity() {
    return identity;
  }

  @Override
  public <T> T config(Class<T> type) {
    return ConfigReader.read(config, type);
  }

  @Override
  public Map<String, Object> config() {
    return config;
  }

  @Override
  public Set<String> listeners() {
    return offers.names(Sort.CONNECTIONS);
  }

  @Override
  public Set<String> datagrams() {
    return offers.names(Sort.DATAGRAMS);
  }

  @Override
  public Set<String> files() {
    return offers.names(Sort.FILE);
  }

  @Override
  public SocketAddress address(String name) throws IOException {
    return offers.address(Objects.requireNonNull(name, "name"));
  }

  @Override
  public ServerSocketChannel listener(String name) throws IOException {
    return offers.listener(Objects.requireNonNull(name, "name"));
  }

  @Override
  public void connections(String listener, ConnectionHandler handler) throws IOException {
    offers.serve(
        Objects.requireNonNull(listener, "listener"),
        null,
        Objects.requireNonNull(handler, "handler"));
  }

  @Override
  public void connections(String listener, Executor executor, ConnectionHandler handler)
      throws IOException {
    offers.serve(
        Objects.requireNonNull(listener, "listener"),
        Objects.requireNonNull(executor, "executor"),
        Objects.requireNonNull(handler, "handler"));
  }

  @Override
  public DatagramChannel datagrams(String name) throws IOException {
    return offers.datagrams(Objects.requireNonNull(name, "name"));
  }

  @Override
  public FileChannel file(String name) throws IOException {
    return offers.file(Objects.requireNonNull(name, "name"));
  }

  @Override
  public CompletableFuture<FileChannel> open(Path path, OpenRequest request) {
    return file(Wanted.FILE, path, request);
  }

  @Override
  public CompletableFuture<OwnedFd> openDescriptor(Path path, OpenRequest request) {
    return file(Wanted.DESCRIPTOR, path, request);
  }

  private <T extends AutoCloseable> CompletableFuture<T> file(
      Wanted<T> wanted, Path path, OpenRequest request) {
    try {
      String target = Targets.of(wanted.verb(), Objects.requireNonNull(path, "path"));
      return requests.ask(wanted, target, Objects.requireNonNull(request, "request").how());
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<SocketChannel> connect(SocketAddress address) {
    try {
      String target = Targets.of(Objects.requireNonNull(address, "address"));
      return requests.ask(Wanted.CONNECTION, target, null);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<ServerSocketChannel> bind(InetSocketAddress address) {
    return bound(Wanted.LISTENER, "tcp", address);
  }

  @Override
  public CompletableFuture<DatagramChannel> bindDatagrams(InetSocketAddress address) {
    return bound(Wanted.DATAGRAMS, "udp", address);
  }

  private <T extends AutoCloseable> CompletableFuture<T> bound(
      Wanted<T> wanted, String scheme, InetSocketAddress address) {
    try {
      String target = Targets.of(scheme, Objects.requireNonNull(address, "address"));
      return requests.ask(wanted, target, null);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void health(HealthCheck check, Duration deadline) {
    health.register(
        Objects.requireNonNull(check, "check"), Objects.requireNonNull(deadline, "deadline"));
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public void ready() {
    if (!ready.compareAndSet(false, true)) {
      throw new IllegalStateException("ready() was called before");
    }
    List<String> closed = offers.settle(names -> outbox.send(new Claim(names, List.of())));
    if (!closed.isEmpty()) {
      outbox.send(
          new Warning(
              "offered, but not asked for before ready(), so closed in this worker: "
                  + String.join(", ", closed)));
    }
    List<String> unasked = offers.unasked();
    if (!unasked.isEmpty()) {
      outbox.send(
          new Warning(
              "dispatched, but not asked for before ready(), so connections are refused until then:"
                  + " "
                  + String.join(", ", unasked)));
    }
    outbox.send(new Ready());
  }

  @Override
  public void status(String text) {
    outbox.sendNewest(new Status(Objects.requireNonNull(text, "text")));
  }
}
