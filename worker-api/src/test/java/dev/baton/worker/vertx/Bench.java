package dev.baton.worker.vertx;

import dev.baton.fd.OwnedFd;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Closes what a test made, the latest first. */
final class Bench {
  private final List<AutoCloseable> made = new ArrayList<>();

  <T extends AutoCloseable> T add(T closeable) {
    made.add(0, closeable);
    return closeable;
  }

  BatonVertx vertx(FakeWorker worker) {
    add(worker);
    BatonVertx baton = BatonVertx.create(worker);
    add(() -> await(baton.vertx().close()));
    return baton;
  }

  RawClient client(OwnedFd listener) throws Exception {
    return add(new RawClient(FakeWorker.addressOf(listener)));
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  void close() throws Exception {
    for (AutoCloseable c : made) {
      c.close();
    }
  }
}
