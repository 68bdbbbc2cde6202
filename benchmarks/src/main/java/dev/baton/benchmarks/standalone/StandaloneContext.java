package dev.baton.benchmarks.standalone;

import dev.baton.fd.OwnedFd;
import dev.baton.worker.ConnectionHandler;
import dev.baton.worker.Counters;
import dev.baton.worker.HealthCheck;
import dev.baton.worker.OpenRequest;
import dev.baton.worker.WorkerContext;
import dev.baton.worker.WorkerIdentity;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/** One listener, no files, an empty plugin configuration, and nobody to report to. Thread-safe. */
final class StandaloneContext implements WorkerContext {
  private final String name;
  private final ServerSocketChannel listener;
  private final CountDownLatch ready = new CountDownLatch(1);

  /** The listener stays the caller's. */
  StandaloneContext(String name, ServerSocketChannel listener) {
    this.name = name;
    this.listener = listener;
  }

  /** Waits until the plugin says that it serves. */
  void awaitReady() throws InterruptedException {
    ready.await();
  }

  @Override
  public WorkerIdentity identity() {
    return new WorkerIdentity("alone", 0, 1, 1);
  }

  /** As a worker reads an empty configuration: every key is missing. */
  @Override
  public <T> T config(Class<T> type) {
    try {
      return type.isRecord() ? emptyRecord(type) : type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("no empty " + type.getName() + ": " + e, e);
    }
  }

  private static <T> T emptyRecord(Class<T> type) throws ReflectiveOperationException {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    Constructor<T> canonical = type.getDeclaredConstructor(types);
    canonical.setAccessible(true);
    return canonical.newInstance(Arrays.stream(types).map(StandaloneContext::zero).toArray());
  }

  /** null, 0 or false. */
  private static Object zero(Class<?> type) {
    return Array.get(Array.newInstance(type, 1), 0);
  }

  @Override
  public Map<String, Object> config() {
    return Map.of();
  }

  @Override
  public Set<String> listeners() {
    return Set.of(name);
  }

  @Override
  public Set<String> datagrams() {
    return Set.of();
  }

  @Override
  public DatagramChannel datagrams(String wanted) {
    throw new IllegalArgumentException("no datagram listener \"" + wanted + "\"; there are none");
  }

  @Override
  public void connections(String listener, ConnectionHandler handler) {
    throw new UnsupportedOperationException(
        "this plugin does not run alone: it asks for connections");
  }

  @Override
  public void connections(String listener, Executor executor, ConnectionHandler handler) {
    throw new UnsupportedOperationException(
        "this plugin does not run alone: it asks for connections");
  }

  @Override
  public SocketAddress address(String wanted) throws IOException {
    return listener(wanted).getLocalAddress();
  }

  @Override
  public Set<String> files() {
    return Set.of();
  }

  @Override
  public ServerSocketChannel listener(String wanted) {
    if (!wanted.equals(name)) {
      throw new IllegalArgumentException("no listener \"" + wanted + "\"; there is: " + name);
    }
    return listener;
  }

  @Override
  public FileChannel file(String wanted) {
    throw new IllegalArgumentException("no file \"" + wanted + "\"; there are none");
  }

  @Override
  public CompletableFuture<FileChannel> open(Path path, OpenRequest request) {
    throw asksTheSupervisor();
  }

  @Override
  public CompletableFuture<OwnedFd> openDescriptor(Path path, OpenRequest request) {
    throw asksTheSupervisor();
  }

  @Override
  public CompletableFuture<SocketChannel> connect(SocketAddress address) {
    throw asksTheSupervisor();
  }

  @Override
  public CompletableFuture<ServerSocketChannel> bind(InetSocketAddress address) {
    throw asksTheSupervisor();
  }

  @Override
  public CompletableFuture<DatagramChannel> bindDatagrams(InetSocketAddress address) {
    throw asksTheSupervisor();
  }

  private static UnsupportedOperationException asksTheSupervisor() {
    return new UnsupportedOperationException(
        "this plugin does not run alone: it asks the supervisor for descriptors");
  }

  @Override
  public void health(HealthCheck check, Duration deadline) {} // nobody asks

  @Override
  public Counters counters() {
    return (nanos, ok) -> {}; // as above
  }

  @Override
  public void ready() {
    ready.countDown();
  }

  @Override
  public void status(String text) {}
}
