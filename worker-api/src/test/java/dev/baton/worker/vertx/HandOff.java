package dev.baton.worker.vertx;

import dev.baton.fd.Adoption;
import dev.baton.fd.FedServerSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener whose connections a supervisor, played by the test, accepts and hands over. */
final class HandOff implements FedServerSocket.Feed, AutoCloseable {
  private final Queue<SocketChannel> queue = new ConcurrentLinkedQueue<>();
  private final OwnedFd kept;
  private final FedServerSocket server;
  final AtomicInteger connectionsClosed = new AtomicInteger();
  final AtomicBoolean stopped = new AtomicBoolean();

  /** Borrows {@code kept}. */
  HandOff(OwnedFd kept) throws IOException {
    this.kept = kept;
    this.server = FedServerSocket.open(Posix.system(), FakeWorker.addressOf(kept), null, this);
  }

  FedServerSocket server() {
    return server;
  }

  /** Hands the connection of a client that has connected over. */
  void dispatch() throws IOException {
    queue.add(Adoption.socket(FakeWorker.accept(kept), null, connectionsClosed::incrementAndGet));
    server.signal();
  }

  /** A worker that has this listener, {@code web}, and nothing else. */
  WorkerContext worker() {
    return (WorkerContext)
        Proxy.newProxyInstance(
            WorkerContext.class.getClassLoader(),
            new Class<?>[] {WorkerContext.class},
            (self, method, arguments) -> {
              switch (method.getName()) {
                case "listener":
                  return server.channel();
                case "address":
                  return server.channel().getLocalAddress();
                case "listeners":
                  return Set.of("web");
                default:
                  throw new UnsupportedOperationException(method.getName());
              }
            });
  }

  @Override
  public SocketChannel next() {
    return queue.poll();
  }

  @Override
  public boolean isEmpty() {
    return queue.isEmpty();
  }

  @Override
  public void closed() {
    stopped.set(true);
  }

  /** How many were handed over and not taken. */
  int waiting() {
    return queue.size();
  }

  @Override
  public void close() throws IOException {
    server.channel().close();
    for (SocketChannel left; (left = queue.poll()) != null; ) {
      left.close();
    }
  }
}
