package dev.baton.samples.vault;

import dev.baton.worker.OpenRefusedException;
import dev.baton.worker.OpenRequest;
import dev.baton.worker.WorkerContext;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The files of the folder, through the supervisor. Thread-safe. */
final class Vault {
  private static final long MOST_SECONDS = 10;

  private final Path root;
  private final WorkerContext context;

  Vault(Path root, WorkerContext context) {
    this.root = root;
    this.context = context;
  }

  /**
   * Opens one for reading. Whether the name leads out of the folder is the supervisor's to see.
   *
   * @return the channel, the caller's to close
   */
  FileChannel open(String name) throws RefusedRequestException {
    CompletableFuture<FileChannel> answer = context.open(path(name), OpenRequest.read());
    try {
      return answer.get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new RefusedRequestException(
          e.getCause() instanceof OpenRefusedException refused
              ? Status.of(refused.code())
              : Status.UNAVAILABLE);
    } catch (TimeoutException e) {
      return giveUp(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return giveUp(answer);
    }
  }

  /** The channel that comes too late is closed for us. */
  private static FileChannel giveUp(CompletableFuture<FileChannel> answer)
      throws RefusedRequestException {
    if (!answer.cancel(false) && !answer.isCompletedExceptionally()) {
      return answer.join(); // it has just come
    }
    throw new RefusedRequestException(Status.UNAVAILABLE);
  }

  private Path path(String name) throws RefusedRequestException {
    try {
      return Path.of(root + name);
    } catch (InvalidPathException e) { // such as with a NUL
      throw new RefusedRequestException(Status.BAD_REQUEST);
    }
  }
}
