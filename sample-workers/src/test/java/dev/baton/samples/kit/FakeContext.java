package dev.baton.samples.kit;

import dev.baton.fd.OwnedFd;
import dev.baton.worker.Connection;
import dev.baton.worker.ConnectionHandler;
import dev.baton.worker.Counters;
import dev.baton.worker.Drain;
import dev.baton.worker.HealthCheck;
import dev.baton.worker.OpenRequest;
import dev.baton.worker.WorkerContext;
import dev.baton.worker.WorkerIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A context whose listeners and files the test opened itself. */
public final class FakeContext implements WorkerContext, Drain {
  private final Map<String, ServerSocketChannel> listeners = new TreeMap<>();
  private final Map<String, DatagramChannel> datagrams = new TreeMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final Map<String, FileChannel> files = new TreeMap<>();
  private Object config;
  private Function<Path, CompletableFuture<FileChannel>> opener;
  private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch drained = new CountDownLatch(1);

  /** Adds a listener. */
  public FakeContext with(String name, ServerSocketChannel listener) {
    listeners.put(name, listener);
    return this;
  }

  /** Adds a datagram listener. */
  public FakeContext with(String name, DatagramChannel listener) {
    datagrams.put(name, listener);
    return this;
  }

  /** What the plugin is told to be its configuration. */
  public FakeContext config(Object config) {
    this.config = config;
    return this;
  }

  /** Adds a held file. */
  public FakeContext with(String name, FileChannel file) {
    files.put(name, file);
    return this;
  }

  /** Whether the plugin said that it serves. */
  public boolean isReady() {
    return ready.getCount() == 0;
  }

  /** Whether the plugin says within some seconds that it is drained. */
  public boolean awaitDrained() throws InterruptedException {
    return drained.await(20, TimeUnit.SECONDS);
  }

  @Override
  public WorkerIdentity identity() {
    return new WorkerIdentity("web", 1, 7, 3);
  }

  @Override
  public <T> T config(Class<T> type) {
    return type.cast(config);
  }

  @Override
  public Map<String, Object> config() {
    return Map.of();
  }

  @Override
  public Set<String> listeners() {
    return listeners.keySet();
  }

  @Override
  public Set<String> datagrams() {
    return datagrams.keySet();
  }

  @Override
  public DatagramChannel datagrams(String name) {
    return datagrams.get(name);
  }

  /** On threads that end with the JVM. */
  @Override
  public void connections(String listener, ConnectionHandler handler) {
    ExecutorService threads = Executors.newCachedThreadPool(FakeContext::daemon);
    connections(listener, threads, handler);
  }

  /** Accepts until the listener is closed. */
  @Override
  public void connections(String listener, Executor executor, ConnectionHandler handler) {
    ServerSocketChannel from = listeners.get(listener);
    daemon(
            () -> {
              try {
                for (; ; ) {
                  Connection c = new Accepted(lastId.decrementAndGet(), listener, from.accept());
                  executor.execute(() -> serve(c, handler));
                }
              } catch (IOException e) {
                // the test closed it
              }
            })
        .start();
  }

  private static void serve(Connection connection, ConnectionHandler handler) {
    try {
      handler.serve(connection);
    } catch (Exception e) {
      try {
        connection.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      e.printStackTrace();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fake-connections");
    thread.setDaemon(true);
    return thread;
  }

  private record Accepted(long id, String listener, SocketAddress peer, SocketChannel channel)
      implements Connection {
    Accepted(long id, String listener, SocketChannel channel) throws IOException {
      this(id, listener, channel.getRemoteAddress(), channel);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @Override
  public SocketAddress address(String name) throws IOException {
    return listeners.containsKey(name)
        ? listeners.get(name).getLocalAddress()
        : datagrams.get(name).getLocalAddress();
  }

  @Override
  public Set<String> files() {
    return files.keySet();
  }

  @Override
  public ServerSocketChannel listener(String name) {
    return listeners.get(name);
  }

  @Override
  public FileChannel file(String name) {
    return files.get(name);
  }

  /** Says what becomes of requests to open a file for reading; without it they are done here. */
  public FakeContext opening(Function<Path, CompletableFuture<FileChannel>> opener) {
    this.opener = opener;
    return this;
  }

  /** Opens it itself, unless the test does. */
  @Override
  public CompletableFuture<FileChannel> open(Path path, OpenRequest request) {
    if (opener != null) {
      return opener.apply(path);
    }
    try {
      return CompletableFuture.completedFuture(FileChannel.open(path, request.options()));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
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
    return (nanos, ok) -> {};
  }

  @Override
  public void ready() {
    ready.countDown();
  }

  @Override
  public void status(String text) {}

  @Override
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  @Override
  public void done() {
    drained.countDown();
  }
}
