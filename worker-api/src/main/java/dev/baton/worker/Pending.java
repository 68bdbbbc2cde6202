package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.OpenHow;
import dev.baton.protocol.ToSupervisor.Asking;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * One request, which is the plugin's future, too. The plugin may have ended it in the meantime, by
 * cancelling or with a time limit: then what comes is closed.
 */
final class Pending<T extends AutoCloseable> extends CompletableFuture<T> implements Runnable {
  @SuppressWarnings("rawtypes")
  private static final AtomicReferenceFieldUpdater<Pending, Object> OUTCOME =
      AtomicReferenceFieldUpdater.newUpdater(Pending.class, Object.class, "outcome");

  private final Requests requests;
  private final Wanted<T> wanted;
  private final String target;
  private final OpenHow how;
  private long id;

  /** The descriptor or the failure, between the thread that reads and the one that completes. */
  private volatile Object outcome;

  /**
   * @param how null but for files
   */
  Pending(Requests requests, Wanted<T> wanted, String target, OpenHow how) {
    this.requests = requests;
    this.wanted = wanted;
    this.target = target;
    this.how = how;
  }

  /** 0 while it was not sent. */
  long id() {
    return id;
  }

  void setId(long number) {
    id = number;
  }

  Wanted<T> wanted() {
    return wanted;
  }

  Asking message() {
    return wanted.question().of(id, target, how);
  }

  /** Ends it, elsewhere. Consumes {@code fd}. */
  void answered(OwnedFd fd) {
    outcome = fd;
    Requests.execute(this);
  }

  /** Ends it, elsewhere. */
  void failed(IOException why) {
    outcome = why;
    Requests.execute(this);
  }

  /** Once; the plugin's own code may run here. */
  @Override
  public void run() {
    Object result = OUTCOME.getAndSet(this, null);
    if (result == null) {
      return;
    }
    requests.ended(this);
    if (result instanceof IOException why) {
      completeExceptionally(why);
    } else if (isDone()) {
      ((OwnedFd) result).close();
    } else {
      become((OwnedFd) result);
    }
  }

  private void become(OwnedFd fd) {
    try {
      T made = wanted.maker().make(fd, how);
      if (!complete(made)) {
        made.close();
      }
    } catch (Throwable e) {
      fd.close();
      completeExceptionally(
          e instanceof IOException ? new IOException(this + ": " + e.getMessage(), e) : e);
    }
  }

  /** {@code open /path}. */
  @Override
  public String toString() {
    return wanted.verb() + " " + target;
  }
}
