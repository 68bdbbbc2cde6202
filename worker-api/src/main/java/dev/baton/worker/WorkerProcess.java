package dev.baton.worker;

import dev.baton.channel.EndOfChannel;
import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor.Hello;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * One worker: the plugin on the calling thread, the channel on a thread of its own, in whose place
 * threads that serve connections read it, too.
 *
 * <pre>
 *   supervisor --- Receiver -> Session ----posts---> PluginThread -> Lifecycle -> Worker
 *              \                  \- Offers, Requests <-------------- ContextImpl <-/
 *               `-- Outbox <-- Session, Lifecycle, ContextImpl, DrainImpl (any thread)
 * </pre>
 */
final class WorkerProcess {
  private static final String SUPERVISOR_GONE = "the supervisor is gone";
  private static final long STOP_LISTENING_MILLIS = 200;

  private final Posix posix;
  private final MessageChannel<ToWorker> channel;
  private final PrintStream log;
  private final IntConsumer halt;
  private final long orphanStopMillis;
  private final PluginThread plugin = new PluginThread();
  private final Outbox outbox;
  private final Handoffs handoffs;
  private final Offers offers;
  private final Requests requests;
  private final Lifecycle lifecycle;
  private final Session session;
  private final Receiver receiver;
  private final OrphanLife orphanLife;
  private final AtomicBoolean orphan = new AtomicBoolean();
  private volatile boolean leaving;

  /**
   * Consumes {@code fd}.
   *
   * @param log where people read: the worker's log
   * @param halt ends the process at once, without shutdown hooks
   * @param orphanStopMillis for the stop and the shutdown hooks of an orphan, which nobody else
   *     would end
   */
  WorkerProcess(Posix posix, OwnedFd fd, PrintStream log, IntConsumer halt, long orphanStopMillis) {
    this.posix = posix;
    this.orphanStopMillis = orphanStopMillis;
    this.channel = new MessageChannel<>(posix, new FrameSocket(posix, fd), ToWorker.class);
    this.log = log;
    this.halt = halt;
    this.outbox = new Outbox(posix, channel, log, this::orphaned);
    Complaints complaints = new Complaints(log, outbox);
    this.handoffs = new Handoffs(outbox, complaints);
    this.offers = new Offers(posix, handoffs, complaints);
    this.requests = new Requests(outbox);
    Health health = new Health(outbox, handoffs.reports().tally());
    this.lifecycle =
        new Lifecycle(
            plugin,
            outbox,
            offers,
            requests,
            health,
            handoffs.reports(),
            log,
            () -> WarmUp.run(posix, new Offers(posix, handoffs, complaints)));
    this.session =
        new Session(
            outbox,
            offers,
            handoffs,
            requests,
            health,
            plugin,
            lifecycle,
            log,
            new LogOutput(posix));
    this.receiver = new Receiver(posix, channel, session, outbox);
    this.orphanLife =
        new OrphanLife(
            posix, channel, session, outbox, handoffs, offers, requests, health, plugin, lifecycle,
            log);
    requests.reader(receiver::lookNow);
    handoffs.leading(receiver);
  }

  /** Runs until it is over; returns the exit code. */
  int run() {
    outbox.send(
        new Hello(Version.CURRENT.toString(), (int) ProcessHandle.current().pid(), Sdk.name()));
    Thread listening = daemon("baton-channel", this::receive);
    try {
      return plugin.run();
    } finally {
      requests.end(orphan.get() ? SUPERVISOR_GONE : "this worker has stopped");
      offers.close();
      handoffs.close();
      stopListening(listening);
    }
  }

  /**
   * Wakes the channel's thread and lets it end. HotSpot waits 300 ms at its exit for threads that
   * are inside native code, as one is that waits for a message.
   */
  private void stopListening(Thread listening) {
    leaving = true;
    try {
      channel.borrow(
          n -> {
            posix.shutdown(n, Constants.SHUT_RD);
            return null;
          });
      listening.join(STOP_LISTENING_MILLIS);
    } catch (SysException | IllegalStateException e) {
      // the supervisor is gone, or the thread has closed the channel itself
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void receive() {
    try {
      boolean again = listen(false);
      while (again && orphanLife.await(() -> leaving || orphan.get())) {
        again = listen(true);
      }
      if (again && !leaving) {
        orphaned();
      }
    } catch (ProtocolException e) {
      broken(e);
    } catch (InterruptedException e) {
      orphaned();
    } catch (RuntimeException | Error e) {
      log.println("baton: this is a defect of worker-api " + Sdk.version());
      e.printStackTrace(log);
      plugin.post(() -> OptionalInt.of(ExitCode.BUG));
      orphaned();
    } finally {
      outbox.close();
    }
  }

  /** Until the supervisor is gone; whether another one would be of use. */
  private boolean listen(boolean adopted) throws ProtocolException {
    try {
      if (adopted) {
        receiver.goOn();
      } else {
        receiver.run();
      }
      return false;
    } catch (EndOfChannel e) {
      return !leaving;
    } catch (IOException e) {
      log.println("baton: the channel failed: " + e.getMessage());
      return true;
    }
  }

  private void broken(ProtocolException e) {
    log.println("baton: the supervisor broke the protocol: " + e.getMessage());
    outbox.send(new Reply.Error(null, e.code().number(), e.getMessage()));
    if (e.code() == ErrorCode.VERSION) {
      plugin.post(() -> OptionalInt.of(ExitCode.UNUSABLE));
    } else {
      orphaned();
    }
  }

  /** Nobody watches this process any more, so it watches itself. */
  private void orphaned() {
    if (!orphan.compareAndSet(false, true)) {
      return;
    }
    long drainMillis = session.drainMillis();
    long deadline = Session.deadline(drainMillis);
    plugin.post(() -> lifecycle.orphaned(deadline));
    daemon(
        "baton-orphan",
        () -> {
          handoffs.orphaned(); // not before: the outbox may be locked
          requests.end(SUPERVISOR_GONE);
          try {
            TimeUnit.MILLISECONDS.sleep(drainMillis + orphanStopMillis);
          } catch (InterruptedException e) {
            // then at once
          }
          log.println("baton: the supervisor is gone and the plugin does not end: halting");
          halt.accept(ExitCode.PLUGIN_FAILED);
        });
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
