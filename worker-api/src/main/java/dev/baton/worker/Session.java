package dev.baton.worker;

import dev.baton.channel.Received;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.LostDescriptorsException;
import dev.baton.protocol.Message;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor.Revoked;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.ToWorker.Opened;
import dev.baton.protocol.Version;
import dev.baton.sys.SysException;
import java.io.PrintStream;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * The worker's side of the protocol: what each message of the supervisor leads to. Messages come on
 * the thread that reads the channel, one after the other ({@link Turn}), and none makes it wait:
 * what concerns the plugin is posted to its thread. The deadline of a stop is the supervisor's to
 * enforce, with TERM and KILL.
 */
final class Session {
  /** Any deadline beyond this is as good as none. */
  private static final long LONGEST_MILLIS = TimeUnit.DAYS.toMillis(365);

  private final Outbox outbox;
  private final Offers offers;
  private final Handoffs handoffs;
  private final Requests requests;
  private final Health health;
  private final PluginThread plugin;
  private final Lifecycle lifecycle;
  private final PrintStream log;
  private final LogOutput output;
  private volatile ToWorker.Welcome welcome;
  private volatile WorkerIdentity identity;
  private volatile boolean stopping;

  Session(
      Outbox outbox,
      Offers offers,
      Handoffs handoffs,
      Requests requests,
      Health health,
      PluginThread plugin,
      Lifecycle lifecycle,
      PrintStream log,
      LogOutput output) {
    this.outbox = outbox;
    this.offers = offers;
    this.handoffs = handoffs;
    this.requests = requests;
    this.health = health;
    this.plugin = plugin;
    this.lifecycle = lifecycle;
    this.log = log;
    this.output = output;
  }

  /** How long a drain may take when the supervisor is gone. From any thread. */
  long drainMillis() {
    return welcome == null ? 0 : bounded(welcome.drainMillis());
  }

  /** What the supervisor has said of itself and this worker; null before. From any thread. */
  ToWorker.Welcome welcome() {
    return welcome;
  }

  /** Who this worker is since its start; null before. From any thread. */
  WorkerIdentity identity() {
    return identity;
  }

  /**
   * Another supervisor has adopted this worker, under this name. The thread that reads.
   *
   * @throws ProtocolException when it is no name of a worker; then it stays what it was
   */
  void adopted(ToWorker.Adopted adopted) throws ProtocolException {
    identity = WorkerIdentity.parse(adopted.worker(), adopted.generation());
  }

  /** Whether it was told to end. From any thread. */
  boolean stopping() {
    return stopping;
  }

  /**
   * Takes what it needs out of the message; the caller closes the rest.
   *
   * @throws ProtocolException when the session cannot go on
   */
  void handle(Received<ToWorker> received) throws ProtocolException {
    ToWorker message = received.message();
    if (message instanceof ToWorker.Connection && welcome != null) {
      handoffs.connection(received, (ToWorker.Connection) message);
    } else if (message instanceof Opened && welcome != null) {
      opened(received, (Opened) message);
    } else if (message instanceof ToWorker.Ping) {
      health.ping(((ToWorker.Ping) message).seq());
    } else if (message instanceof Reply) {
      reply((Reply) message);
    } else if (message instanceof ToWorker.Welcome) {
      welcome((ToWorker.Welcome) message);
    } else if (welcome == null) {
      throw new ProtocolException(
          ErrorCode.OUT_OF_ORDER, message.getClass().getSimpleName() + " before welcome");
    } else if (message instanceof ToWorker.Offer) {
      offer(received, (ToWorker.Offer) message);
    } else if (message instanceof ToWorker.Log) {
      relog(received, ((ToWorker.Log) message).id());
    } else {
      order(message);
    }
  }

  private void opened(Received<ToWorker> received, Opened message) {
    if (!requests.opened(received, message)) {
      log.println("baton: the supervisor answers a request that is not open: " + message.id());
    }
  }

  /**
   * A frame came without its descriptors. A connection is given back: the supervisor has a copy. A
   * request that it answers has failed.
   *
   * @throws ProtocolException for anything else
   */
  void lost(LostDescriptorsException e) throws ProtocolException {
    ToWorker message = Codec.decode(e.payload(), ToWorker.class);
    if (welcome != null && message instanceof ToWorker.Connection) {
      handoffs.lost((ToWorker.Connection) message);
    } else if (welcome != null && message instanceof Opened) {
      requests.lost((Opened) message);
    } else {
      throw e;
    }
  }

  /**
   * All messages that were there have been handled, or many of them.
   *
   * @param reader the inbox that the reading thread takes from; null for the channel thread
   * @return whether somebody was woken who could read, too
   */
  boolean idle(Inbox reader) {
    return handoffs.deliver(reader);
  }

  /** Whether the plugin waits for an answer of the supervisor. */
  boolean awaited() {
    return requests.awaited();
  }

  private void order(ToWorker message) throws ProtocolException {
    if (message instanceof ToWorker.Start) {
      start((ToWorker.Start) message);
    } else if (message instanceof ToWorker.Revoke) {
      ToWorker.Revoke revoke = (ToWorker.Revoke) message;
      offers.revoke(revoke.names());
      outbox.send(new Revoked(revoke.id()));
    } else if (message instanceof ToWorker.Drain) {
      ToWorker.Drain drain = (ToWorker.Drain) message;
      long deadline = deadline(drain.deadlineMillis());
      handoffs.drain();
      plugin.post(() -> lifecycle.drain(drain.id(), deadline));
    } else if (message instanceof ToWorker.Stop) {
      stopping = true;
      plugin.post(lifecycle::stop);
    } else if (message instanceof ToWorker.Recall) {
      handoffs.recall((ToWorker.Recall) message);
    } else {
      refuse(null, ErrorCode.NOT_SUPPORTED, notSupported(name(message)));
    }
  }

  private void welcome(ToWorker.Welcome message) throws ProtocolException {
    if (welcome != null) {
      refuse(null, ErrorCode.OUT_OF_ORDER, "welcome came before");
      return;
    }
    Version version = Version.parse(message.protocol());
    if (!Version.CURRENT.compatible(version)) {
      throw new ProtocolException(
          ErrorCode.VERSION,
          "the supervisor speaks protocol " + version + ", this worker " + Version.CURRENT);
    }
    WorkerIdentity.parse(message.worker(), message.generation());
    welcome = message;
    plugin.post(() -> lifecycle.load(message.plugin(), message.config()));
  }

  private void offer(Received<ToWorker> received, ToWorker.Offer offer) {
    try {
      for (String file : offers.add(received, offer)) {
        plugin.post(() -> lifecycle.fileChanged(file));
      }
    } catch (ProtocolException e) {
      refuse(offer.id(), e.code(), e.getMessage());
    }
  }

  /** On this thread: the plugin's may be busy for long, and whoever rotates logs waits. */
  private void relog(Received<ToWorker> received, long id) {
    try (OwnedFd file = received.fds().take(0)) {
      output.replace(file);
      outbox.send(new Reply.Ok(id));
    } catch (SysException e) {
      refuse(id, ErrorCode.SYSTEM, "the log could not be put in place: " + e.getMessage());
    }
  }

  private void start(ToWorker.Start start) throws ProtocolException {
    if (identity != null) {
      refuse(start.id(), ErrorCode.OUT_OF_ORDER, "start came before");
      return;
    }
    WorkerIdentity given = WorkerIdentity.parse(start.worker(), start.generation());
    identity = given;
    plugin.post(() -> lifecycle.start(given));
  }

  /** Without an id an error ends the session; before welcome there is nothing else it can mean. */
  private void reply(Reply reply) {
    if (requests.replied(reply)) {
      return;
    }
    if (reply instanceof Reply.Error) {
      Reply.Error error = (Reply.Error) reply;
      log.println("baton: the supervisor refuses: " + error.text());
      if (welcome == null) {
        plugin.post(() -> OptionalInt.of(ExitCode.UNUSABLE));
      }
    }
  }

  private void refuse(Long id, ErrorCode code, String text) {
    outbox.send(new Reply.Error(id, code.number(), text));
  }

  private static String notSupported(String what) {
    return what + " is not supported by " + Sdk.name();
  }

  private static String name(Message message) {
    return message.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  static long deadline(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounded(millis));
  }

  private static long bounded(long millis) {
    return Math.max(0, Math.min(millis, LONGEST_MILLIS));
  }
}
