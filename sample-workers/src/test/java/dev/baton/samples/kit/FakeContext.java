package dev.baton.samples.kit;

import dev.baton.worker.Drain;
import dev.baton.worker.WorkerContext;
import dev.baton.worker.WorkerIdentity;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A context whose listeners and files the test opened itself. */
public final class FakeContext implements WorkerContext, Drain {
  private final Map<String, ServerSocketChannel> listeners = new TreeMap<>();
  private final Map<String, FileChannel> files = new TreeMap<>();
  private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch drained = new CountDownLatch(1);

  /** Adds a listener. */
  public FakeContext with(String name, ServerSocketChannel listener) {
    listeners.put(name, listener);
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
    throw new UnsupportedOperationException();
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
