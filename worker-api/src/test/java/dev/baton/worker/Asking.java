package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.FdPair;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A ready worker whose plugin leaves its context, and its drain, to the test. */
final class Asking implements AutoCloseable {
  static final Path SOME = Path.of("/some/file");

  private static final Posix POSIX = Posix.system();

  final InProcess worker;
  final SupervisorEnd supervisor;
  final WorkerContext context;
  final CompletableFuture<Drain> drain = new CompletableFuture<>();

  Asking() throws Exception {
    CompletableFuture<WorkerContext> given = new CompletableFuture<>();
    worker =
        new InProcess(
            new Worker() {
              @Override
              public void start(WorkerContext context) {
                context.ready();
                given.complete(context);
              }

              @Override
              public void drain(Drain asked) {
                drain.complete(asked);
              }
            });
    supervisor = worker.supervisor;
    supervisor.welcome(Scripted.class.getName(), Map.of(), 50);
    supervisor.start();
    supervisor.expect(dev.baton.protocol.ToSupervisor.Ready.class);
    context = get(given);
  }

  /** Two connected sockets; of one that was given away, the other tells when it is closed. */
  record Pair(OwnedFd given, OwnedFd kept) implements AutoCloseable {
    static Pair open() throws SysException {
      FdPair pair = POSIX.socketpair(Constants.SOCK_STREAM);
      return new Pair(
          OwnedFd.of(POSIX, pair.first(), "given"), OwnedFd.of(POSIX, pair.second(), "kept"));
    }

    /** Waits for the end of the other one. */
    void awaitClosed() throws Exception {
      int millis = (int) SupervisorEnd.MILLIS;
      int there = kept.<Integer, SysException>borrow(n -> POSIX.poll(n, Constants.POLLIN, millis));
      if (there == 0) {
        throw new AssertionError("the descriptor is not closed");
      }
      byte[] none = new byte[1];
      if (kept.<Integer, SysException>borrow(n -> POSIX.read(n, none)) != 0) {
        throw new AssertionError("something was written to the descriptor");
      }
    }

    @Override
    public void close() {
      kept.close();
    }
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(SupervisorEnd.MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What the future failed with. */
  static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future)
      throws Exception {
    try {
      throw new AssertionError("no failure, but " + get(future));
    } catch (ExecutionException e) {
      if (e.getCause().getClass() != type) {
        throw new AssertionError("not a " + type.getSimpleName(), e.getCause());
      }
      return type.cast(e.getCause());
    }
  }

  /** All that was sent before was read when this returns. */
  void settle() throws Exception {
    supervisor.send(new dev.baton.protocol.ToWorker.Ping(99));
    supervisor.expect(dev.baton.protocol.ToSupervisor.Pong.class);
  }

  @Override
  public void close() {
    worker.close();
  }
}
