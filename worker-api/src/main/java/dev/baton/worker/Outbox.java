package dev.baton.worker;

import dev.baton.channel.MessageChannel;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Message;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor.Ready;
import dev.baton.protocol.ToSupervisor.Status;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What this worker says, from any thread and without ever waiting for the supervisor to read.
 *
 * <p>What the kernel does not take is queued, and a thread that lives only as long as the queue
 * waits for room ({@code poll(2)}) and sends it. While the queue lasts, of each repeating kind of
 * message only the newest is kept, so that a supervisor that is stopped for long finds a short
 * queue.
 */
final class Outbox implements AutoCloseable {
  private final Posix posix;
  private final MessageChannel<ToWorker> channel;
  private final PrintStream log;
  private final Runnable overflow;
  private final Map<Class<?>, Message> newest = new LinkedHashMap<>();
  private boolean flushing;
  private boolean ended;
  private boolean closing;
  private Away away = Away.NO;
  private boolean ready;
  private Status status;
  private final List<Message> kept = new ArrayList<>();
  private Runnable onFlushed = () -> {};

  /** Whether there is a supervisor to talk to. */
  private enum Away {
    NO,
    /** Nothing of what is said now matters to the next one. */
    YES,
    /** The next one was told how things are; what happens since then it must hear. */
    KEEPING
  }

  /**
   * @param channel closed with the outbox; its receiving side stays the caller's
   * @param overflow called once, with the lock held, when the supervisor has not read for too long
   */
  Outbox(Posix posix, MessageChannel<ToWorker> channel, PrintStream log, Runnable overflow) {
    this.posix = posix;
    this.channel = channel;
    this.log = log;
    this.overflow = overflow;
  }

  /** Runs it, without a lock, whenever a queue of what the kernel did not take has been sent. */
  synchronized void onFlushed(Runnable then) {
    onFlushed = then;
  }

  /** Whether the kernel has taken everything, and the supervisor was not seen to be gone. */
  synchronized boolean allSent() {
    return away != Away.NO || !ended && !channel.pending();
  }

  /** Whether this worker has said that it serves. */
  synchronized boolean ready() {
    return ready;
  }

  /** The supervisor is gone, and another one is waited for: what waits is dropped. */
  synchronized void leave() throws InterruptedException {
    away = Away.YES;
    kept.clear();
    newest.clear();
    notifyAll();
    while (flushing) {
      wait();
    }
    channel.forget();
    ended = false;
  }

  /** What is said from now on is kept for the next supervisor. */
  synchronized void keep() {
    away = Away.KEEPING;
    kept.clear();
  }

  /** It did not adopt this worker. */
  synchronized void forget() {
    away = Away.YES;
    kept.clear();
  }

  /**
   * Talks to the next supervisor: the channel leads to it by now. It does not know what the plugin
   * has told the last one of its state.
   */
  synchronized void goOn() {
    away = Away.NO;
    List<Message> first = List.copyOf(kept);
    kept.clear();
    first.forEach(this::send);
    if (status != null) {
      sendNewest(status);
    }
  }

  /** Sends in order. Does nothing once the supervisor is gone: its end is seen by who receives. */
  synchronized void send(Message message) {
    ready |= message instanceof Ready;
    if (message instanceof Status newest) {
      status = newest;
    } else if (away == Away.KEEPING) {
      kept.add(message);
    }
    if (ended || away != Away.NO) {
      return;
    }
    try {
      channel.send(message);
      flushLater();
    } catch (ProtocolException e) {
      end();
      log.println("baton: the supervisor " + e.getMessage());
      if (e.code() == ErrorCode.OVERFLOW) {
        overflow.run();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Sends; a later message of the same kind replaces this one while it waits. */
  synchronized void sendNewest(Message message) {
    if (!ended && away == Away.NO && channel.pending()) {
      if (message instanceof Status last) {
        status = last;
      }
      newest.put(message.getClass(), message);
    } else {
      send(message);
    }
  }

  /** Waits until all was sent, the supervisor is gone or the time is over. */
  synchronized void awaitSent(Duration most) throws InterruptedException {
    long deadline = System.nanoTime() + most.toNanos();
    while (flushing && !ended && away == Away.NO) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private void flushLater() {
    if (!flushing && channel.pending()) {
      flushing = true;
      Thread thread = new Thread(this::flushAll, "baton-flush");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void flushAll() {
    boolean more = true;
    while (more) {
      try {
        // Also returns when the supervisor's end is closed; the flush then fails.
        channel.borrow(n -> posix.poll(n, Constants.POLLOUT, -1));
      } catch (SysException e) {
        synchronized (this) {
          failed(e);
        }
      }
      more = flushNow();
    }
    Runnable then;
    synchronized (this) {
      then = onFlushed;
    }
    then.run();
  }

  /** Whether something is left for later. */
  private synchronized boolean flushNow() {
    try {
      if (!ended && away == Away.NO && channel.flush()) {
        for (Message message : newest.values()) {
          channel.send(message);
        }
        newest.clear();
      }
    } catch (IOException e) {
      failed(e);
    } catch (ProtocolException e) {
      end(); // cannot be: the queue was empty, and these are small
    }
    flushing = !ended && away == Away.NO && channel.pending();
    notifyAll();
    if (ended && closing) {
      channel.close();
    }
    return flushing;
  }

  private void failed(IOException e) {
    if (!ended && away == Away.NO) {
      end();
      boolean gone =
          e instanceof SysException
              && (((SysException) e).errno() == Errno.EPIPE
                  || ((SysException) e).errno() == Errno.ECONNRESET);
      if (!gone) {
        log.println("baton: cannot talk to the supervisor: " + e.getMessage());
      }
    }
  }

  private void end() {
    ended = true;
    newest.clear();
    notifyAll();
  }

  /** Sends nothing more and closes the channel; call it when nobody receives any more. */
  @Override
  public synchronized void close() {
    end();
    closing = true;
    if (!flushing) {
      channel.close(); // else the flushing thread, which may be inside poll with the number
    }
  }
}
