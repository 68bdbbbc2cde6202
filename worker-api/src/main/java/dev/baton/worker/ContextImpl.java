package dev.baton.worker;

import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.ToSupervisor.Claim;
import dev.baton.protocol.ToSupervisor.Ready;
import dev.baton.protocol.ToSupervisor.Status;
import dev.baton.protocol.ToSupervisor.Warning;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** The plugin's view of its worker. */
final class ContextImpl implements WorkerContext {
  private final WorkerIdentity identity;
  private final Map<String, Object> config;
  private final Offers offers;
  private final Outbox outbox;
  private final AtomicBoolean ready = new AtomicBoolean();

  ContextImpl(WorkerIdentity identity, Map<String, Object> config, Offers offers, Outbox outbox) {
    this.identity = identity;
    this.config = config;
    this.offers = offers;
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
    return offers.names(Kind.LISTENER);
  }

  @Override
  public Set<String> files() {
    return offers.names(Kind.FILE);
  }

  @Override
  public ServerSocketChannel listener(String name) throws IOException {
    return offers.listener(Objects.requireNonNull(name, "name"));
  }

  @Override
  public FileChannel file(String name) throws IOException {
    return offers.file(Objects.requireNonNull(name, "name"));
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
    outbox.send(new Ready());
  }

  @Override
  public void status(String text) {
    outbox.sendNewest(new Status(Objects.requireNonNull(text, "text")));
  }
}
