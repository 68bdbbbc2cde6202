package dev.baton.worker;

import dev.baton.channel.Received;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.ToWorker.Opened;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What this worker asked its supervisor for and has not got yet: a bounded number of requests that
 * were sent, in places of a table, and behind them a bounded queue. A place is free again when the
 * plugin begins to get the answer, so a plugin that is slow with answers asks less. Thread-safe.
 */
final class Requests {
  /** Sent, and not answered; a power of two. */
  static final int MOST_SENT = 128;

  /** That wait to be sent. */
  static final int MOST_WAITING = 16_384;

  private static final int PLACE_BITS = 7;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Outbox outbox;
  private final Pending<?>[] sent = new Pending<?>[MOST_SENT];
  private final int[] free = new int[MOST_SENT];
  private final ArrayDeque<Pending<?>> waiting = new ArrayDeque<>();
  private int freeCount = MOST_SENT;
  private long last;
  private long looked = System.nanoTime() - LOOK_NANOS;
  private String over;
  private volatile int unanswered;
  private volatile Runnable reader = () -> {};

  /**
   * Where futures are completed. A pool that adds a thread when one waits for another future, as
   * plugins do; {@code CompletableFuture}'s own executor starts a thread for each on two
   * processors.
   */
  private static final class Completing {
    static final AtomicInteger THREADS = new AtomicInteger();
    static final ForkJoinPool POOL =
        new ForkJoinPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            Completing::thread,
            null,
            true);

    private static ForkJoinWorkerThread thread(ForkJoinPool pool) {
      ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
      thread.setName("baton-answers-" + THREADS.incrementAndGet());
      return thread;
    }
  }

  Requests(Outbox outbox) {
    this.outbox = outbox;
    for (int i = 0; i < MOST_SENT; i++) {
      free[i] = MOST_SENT - 1 - i;
    }
  }

  /** Runs it when an answer is waited for that nobody may be there to read. */
  void reader(Runnable wake) {
    reader = wake;
  }

  /** Whether an answer is waited for. */
  boolean awaited() {
    return unanswered > 0;
  }

  /**
   * Asks, now or when others have been answered.
   *
   * @param how null but for files
   */
  <T extends AutoCloseable> CompletableFuture<T> ask(Wanted<T> wanted, String target, OpenHow how) {
    Pending<T> request = new Pending<>(this, wanted, target, how);
    IOException refusal = null;
    boolean now = false;
    synchronized (this) {
      if (over != null) {
        refusal = new IOException(request + ": " + over);
      } else if (freeCount > 0 && waiting.isEmpty()) {
        place(request);
        now = true;
      } else if (waiting.size() < MOST_WAITING || forgetEnded()) {
        waiting.add(request);
      } else {
        refusal =
            new OpenRefusedException(
                request.toString(),
                ErrorCode.BUSY,
                MOST_WAITING + " requests of this worker wait for their turn");
      }
    }
    if (refusal != null) {
      request.completeExceptionally(refusal);
    } else if (now) {
      send(request);
    }
    return request;
  }

  private void place(Pending<?> request) {
    int place = free[--freeCount];
    request.setId(++last << PLACE_BITS | place);
    sent[place] = request;
    unanswered++;
  }

  /** Makes room, when the plugin has given up what waits; not at every request beyond the bound. */
  private boolean forgetEnded() {
    long now = System.nanoTime();
    if (now - looked < LOOK_NANOS) {
      return false;
    }
    looked = now;
    return waiting.removeIf(CompletableFuture::isDone);
  }

  private void send(Pending<?> request) {
    outbox.send(request.message());
    reader.run();
  }

  /** Its answer is there, and about to be given to the plugin: the next one can be asked for. */
  void ended(Pending<?> request) {
    if (request.id() == 0) {
      return;
    }
    Pending<?> next;
    synchronized (this) {
      free[freeCount++] = place(request.id());
      do {
        next = waiting.poll();
      } while (next != null && next.isDone());
      if (next == null) {
        return;
      }
      place(next);
    }
    send(next);
  }

  /**
   * A descriptor has come; it is taken out when it was asked for. The thread that reads.
   *
   * @return whether it was
   */
  boolean opened(Received<ToWorker> received, Opened message) {
    Pending<?> request = remove(message.id());
    if (request == null) {
      return false;
    }
    if (message.fds().get(0).kind() == request.wanted().kind()) {
      request.answered(received.fds().remove(0));
    } else {
      request.failed(
          new IOException(request + ": the supervisor answers with a descriptor of another kind"));
    }
    return true;
  }

  /** The descriptor of an answer was lost on its way in. The thread that reads. */
  void lost(Opened message) {
    Pending<?> request = remove(message.id());
    if (request != null) {
      request.failed(
          new IOException(request + ": EMFILE: this worker has too many open files (ulimit -n)"));
    }
  }

  /**
   * Another answer has come. The thread that reads.
   *
   * @return whether it was to a request of these
   */
  boolean replied(Reply reply) {
    if (reply instanceof Reply.Error error) {
      return refused(error);
    } else if (reply instanceof Reply.Ok ok) {
      return failed(ok.id(), "the supervisor answers without a descriptor");
    }
    Long id = ((Reply.Unrecognized) reply).id();
    return id != null && failed(id, "the supervisor is older and does not know this request");
  }

  private boolean refused(Reply.Error error) {
    Pending<?> request = error.id() == null ? null : remove(error.id());
    if (request == null) {
      return false;
    }
    request.failed(
        new OpenRefusedException(request.toString(), ErrorCode.of(error.code()), error.text()));
    return true;
  }

  private boolean failed(long id, String why) {
    Pending<?> request = remove(id);
    if (request == null) {
      return false;
    }
    request.failed(new IOException(request + ": " + why));
    return true;
  }

  private synchronized Pending<?> remove(long id) {
    Pending<?> request = sent[place(id)];
    if (request == null || request.id() != id) {
      return null;
    }
    sent[place(id)] = null;
    unanswered--;
    return request;
  }

  private static int place(long id) {
    return (int) id & (MOST_SENT - 1);
  }

  /** Asks no more: all that is not answered fails. */
  void end(String why) {
    List<Pending<?>> rest = new ArrayList<>();
    synchronized (this) {
      if (over != null) {
        return;
      }
      over = why;
      for (int i = 0; i < MOST_SENT; i++) {
        if (sent[i] != null) {
          rest.add(sent[i]);
          sent[i] = null;
        }
      }
      unanswered = 0;
      rest.addAll(waiting);
      waiting.clear();
    }
    rest.forEach(request -> request.failed(new IOException(request + ": " + why)));
  }

  /** Asks again, of another supervisor. */
  synchronized void goOn() {
    over = null;
  }

  /** Has a request completed on another thread; on this one only where there can be no other. */
  static void execute(Pending<?> request) {
    try {
      Completing.POOL.execute(request);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      request.run();
    }
  }
}
