package dev.baton.supervisor.session;

import dev.baton.channel.EndOfChannel;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.FdFunction;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.Message;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.UnknownTypeException;
import dev.baton.protocol.Version;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.sys.Errno;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The supervisor's side of one control channel. It turns messages into events for the core; bytes
 * of a worker are hostile, and the worst they do is to end their own worker. Only for the loop's
 * thread.
 */
public final class WorkerSession implements AutoCloseable {
  /** Messages taken at one go, so that one talkative worker does not keep the others waiting. */
  private static final int BATCH = 64;

  /** One place stays free for the memfd of a large message. */
  private static final int DESCRIPTORS_PER_OFFER = Limits.FRAME_DESCRIPTORS - 1;

  private static final int MOST_AT_ONCE = 10_000;

  private final MessageChannel<ToSupervisor> channel;
  private final SessionEvents events;
  private final LongSupplier clock;
  private final boolean handedOff;
  private final TalkLimits limits = new TalkLimits();
  private final Heartbeats heartbeats = new Heartbeats();
  private final LogChanges logs = new LogChanges();
  private final OfferedNames names = new OfferedNames();
  private Version peer = new Version(Version.CURRENT.major(), 0);
  private boolean listening = true;
  private boolean broken;
  private boolean welcomed;
  private long lastId;

  /**
   * Consumes {@code channel}.
   *
   * @param clock nanoseconds of the loop
   * @param handedOff whether this worker is handed connections, and so may speak of them
   */
  public WorkerSession(
      MessageChannel<ToSupervisor> channel,
      SessionEvents events,
      LongSupplier clock,
      boolean handedOff) {
    this.channel = channel;
    this.events = events;
    this.clock = clock;
    this.handedOff = handedOff;
  }

  /** Lends the channel's number for registering with the loop. */
  public <T, X extends Exception> T borrow(FdFunction<T, X> use) throws X {
    return channel.borrow(use);
  }

  /**
   * A duplicate of the channel's descriptor, for whoever hands connections over it; the caller
   * closes it.
   */
  public OwnedFd duplicate() throws SysException {
    return channel.duplicate();
  }

  /** False once the channel has ended or was broken: there is nothing more to read then. */
  public boolean listening() {
    return listening;
  }

  /** Whether messages wait until the worker reads. */
  public boolean wantsWrite() {
    return listening && channel.pending();
  }

  /** How many messages wait until the worker reads. */
  public int queued() {
    return channel.queued();
  }

  /** The channel can be read. */
  public void readable() {
    for (int i = 0; i < BATCH && listening; i++) {
      if (!readOne()) {
        return;
      }
    }
  }

  /** The channel can be written. */
  public void writable() {
    try {
      channel.flush();
    } catch (IOException e) {
      unsendable("what waited", e);
    }
  }

  /**
   * Takes in all that the worker has said until now; after its death that is the end, whoever else
   * has a copy of its channel.
   */
  public void readAll() {
    for (int i = 0; i < MOST_AT_ONCE && listening; i++) {
      if (!readOne()) {
        return;
      }
    }
    for (int i = 0; i < MOST_AT_ONCE && broken && handedOff; i++) {
      if (!readClaim()) {
        return;
      }
    }
  }

  /**
   * Of one that broke a rule only this counts: what it had claimed, nobody else may serve. On a
   * UNIX-domain connection nothing but the claim tells.
   *
   * @return whether there was something to read
   */
  private boolean readClaim() {
    try {
      Optional<Received<ToSupervisor>> received = channel.receive(false);
      if (received.isEmpty()) {
        return false;
      }
      try (Received<ToSupervisor> r = received.get()) {
        if (r.message() instanceof ToSupervisor.Claim claim && !claim.connections().isEmpty()) {
          events.claimed(claim.connections());
        }
      }
      return true;
    } catch (ProtocolException e) {
      return true; // more of the same
    } catch (IOException e) {
      return false; // its end
    }
  }

  /** Whether there was something to read. */
  private boolean readOne() {
    try {
      Optional<Received<ToSupervisor>> received = channel.receive(false);
      if (received.isEmpty()) {
        return false;
      }
      try (Received<ToSupervisor> r = received.get()) {
        limits.check(r.message(), clock.getAsLong());
        accept(r.message());
      }
    } catch (EndOfChannel e) {
      listening = false;
      events.happened(WorkerEvent.of(WorkerEvent.Kind.CHANNEL_ENDED));
    } catch (UnknownTypeException e) {
      if (peer.minor() > Version.CURRENT.minor()) {
        send(e.reply());
      } else {
        broken(e);
      }
    } catch (ProtocolException e) {
      broken(e);
    } catch (IOException e) {
      broken(new ProtocolException(ErrorCode.BAD_MESSAGE, "channel: " + e.getMessage()));
    }
    return true;
  }

  private void accept(ToSupervisor message) throws ProtocolException {
    if (message instanceof ToSupervisor.Hello hello) {
      greeted(hello);
    } else if (message instanceof ToSupervisor.Claim claim) {
      claimed(claim);
    } else if (message instanceof ToSupervisor.Loaded) {
      events.happened(WorkerEvent.of(WorkerEvent.Kind.LOADED));
    } else if (message instanceof ToSupervisor.Ready) {
      events.happened(WorkerEvent.of(WorkerEvent.Kind.READY));
    } else if (message instanceof ToSupervisor.Failed f) {
      events.happened(WorkerEvent.of(WorkerEvent.Kind.FAILED, f.stage() + ": " + f.text()));
    } else if (message instanceof ToSupervisor.Drained) {
      events.happened(WorkerEvent.of(WorkerEvent.Kind.DRAINED));
    } else if (message instanceof ToSupervisor.Warning w) {
      events.warning(w.text());
    } else if (message instanceof ToSupervisor.Status s) {
      events.status(s.text());
    } else if (message instanceof ToSupervisor.Pong pong) {
      heartbeats.answered(pong);
    } else if (message instanceof Reply reply && answersLog(reply)) {
      return;
    } else if (message instanceof Reply.Error error) {
      events.warning("refused a request: " + error.text());
    } else if (message instanceof Reply.Unrecognized u) {
      events.warning("does not know the message " + u.name());
    } else if (message instanceof ToSupervisor.Refuse refuse) {
      checkHandedOff();
      events.refused(refuse.connections());
    } else if (message instanceof ToSupervisor.Closed closed) {
      checkHandedOff();
      events.closed(closed.connections());
    } else if (message instanceof ToSupervisor.Asking asking) {
      asked(asking);
    } else if (message instanceof ToSupervisor.HandBack) {
      checkHandedOff();
      throw new ProtocolException(
          ErrorCode.OUT_OF_ORDER, "hands a connection back, which it was not asked for");
    } else if (message instanceof ToSupervisor.Rejoin) {
      throw new ProtocolException(ErrorCode.OUT_OF_ORDER, "rejoins on a channel it never lost");
    }
    // Revoked and Ok need no answer.
  }

  private void asked(ToSupervisor.Asking request) throws ProtocolException {
    if (!welcomed) {
      throw new ProtocolException(ErrorCode.OUT_OF_ORDER, "asks for descriptors before welcome");
    }
    events.asked(request);
  }

  private void checkHandedOff() throws ProtocolException {
    if (!handedOff) {
      throw new ProtocolException(
          ErrorCode.OUT_OF_ORDER, "speaks of connections, but was given none");
    }
  }

  private void greeted(ToSupervisor.Hello hello) throws ProtocolException {
    peer = Version.parse(hello.protocol());
    if (!Version.CURRENT.compatible(peer)) {
      throw new ProtocolException(
          ErrorCode.VERSION, "speaks protocol " + peer + ", this supervisor " + Version.CURRENT);
    }
    events.happened(WorkerEvent.of(WorkerEvent.Kind.HELLO));
  }

  private void claimed(ToSupervisor.Claim claim) throws ProtocolException {
    if (!claim.connections().isEmpty()) {
      checkHandedOff();
      events.claimed(claim.connections());
    }
    names.claim(claim.names());
  }

  /** What the worker says that it has done, by its last answer; empty when it says nothing. */
  public Optional<ToSupervisor.Work> work() {
    return heartbeats.work();
  }

  /** What the worker says of its JVM, as of its last answer to a heartbeat. */
  public Optional<ToSupervisor.Jvm> jvm() {
    return heartbeats.jvm();
  }

  /**
   * Goes on with a worker that an earlier supervisor has welcomed and started.
   *
   * @param said what it came with, which was answered
   */
  public void rejoined(ToSupervisor.Rejoin said) throws ProtocolException {
    peer = Version.parse(said.protocol());
    welcomed = true;
    List<String> held = said.fds().stream().map(Descriptor::name).toList();
    held.forEach(names::offered);
    names.claim(held);
  }

  /** The names that the worker has taken over. */
  public Set<String> claimed() {
    return names.claimed();
  }

  /** Answers the hello. */
  public void welcome(ToWorker.Welcome welcome) {
    send(welcome);
    welcomed = true;
    OwnedFd log = logs.take();
    if (log != null) {
      log(log, logs.taker());
    }
  }

  /**
   * Hands the worker another file for its output, as soon as it was welcomed. Consumes {@code log}.
   *
   * @param answered told once: empty when nothing is written to the old file any more, or why it
   *     still is
   */
  public void log(OwnedFd log, Consumer<Optional<String>> answered) {
    if (!listening) {
      log.close();
      answered.accept(Optional.of("its channel has ended"));
    } else if (!welcomed) {
      logs.keep(log, answered);
    } else {
      long id = ++lastId;
      logs.sent(id, answered);
      send(new ToWorker.Log(id, List.of(Descriptor.file("log", "append"))), List.of(log));
    }
  }

  private boolean answersLog(Reply reply) {
    if (reply instanceof Reply.Ok ok) {
      return logs.answered(ok.id(), Optional.empty());
    } else if (reply instanceof Reply.Error error) {
      return logs.answered(error.id(), Optional.of(error.text()));
    }
    Reply.Unrecognized unknown = (Reply.Unrecognized) reply;
    return logs.answered(unknown.id(), Optional.of("it does not know the message log"));
  }

  /** Offers and start, at once or when a spare takes a slot. Consumes the descriptors. */
  public void start(Greeting greeting) {
    try (greeting) {
      int all = greeting.offered().size();
      for (int from = 0; from < all; from += DESCRIPTORS_PER_OFFER) {
        offer(greeting, from, Math.min(all, from + DESCRIPTORS_PER_OFFER));
      }
      send(new ToWorker.Start(++lastId, greeting.worker(), greeting.generation()));
    }
  }

  private void offer(Greeting greeting, int from, int to) {
    List<OwnedFd> fds = new ArrayList<>();
    for (int i = from; i < to; i++) {
      fds.add(greeting.fds().take(i));
      names.offered(greeting.offered().get(i).name());
    }
    send(new ToWorker.Offer(++lastId, greeting.offered().subList(from, to)), fds);
  }

  /**
   * Offers again what it was offered before, since the store has another one by now. Consumes
   * {@code fd}.
   *
   * @return whether it was sent; else the worker has not got that far, or has gone
   */
  public boolean offerAnew(Descriptor what, OwnedFd fd) {
    if (!listening || !names.has(what.name())) {
      fd.close();
      return false;
    }
    send(new ToWorker.Offer(++lastId, List.of(what)), List.of(fd));
    return true;
  }

  /** Takes an offer back; the worker closes what it has of it. */
  public void revoke(String name) {
    if (names.has(name)) {
      send(new ToWorker.Revoke(++lastId, List.of(name)));
    }
  }

  /** Gives what a request asked for. Consumes {@code fd}. */
  public void opened(long request, Descriptor what, OwnedFd fd) {
    send(new ToWorker.Opened(request, List.of(what)), List.of(fd));
  }

  /** Refuses a request; the session goes on. */
  public void refuse(long request, ErrorCode code, String text) {
    send(new Reply.Error(request, code.number(), text));
  }

  /** Asks for a drain within some nanoseconds. */
  public void drain(long nanos) {
    send(new ToWorker.Drain(++lastId, TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  /** Asks for connections back that the plugin has not taken. */
  public void recall(Numbers connections) {
    send(new ToWorker.Recall(++lastId, connections));
  }

  /** Asks for the exit within some nanoseconds. */
  public void stop(long nanos) {
    send(new ToWorker.Stop(++lastId, TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  /** A heartbeat, unless one is still unanswered; welcome comes first. */
  public void ping() {
    if (welcomed && heartbeats.answered()) {
      send(heartbeats.next());
    }
  }

  /** Whether no heartbeat is without an answer, as far as its messages were read. */
  public boolean answered() {
    return heartbeats.answered();
  }

  private void send(Message message) {
    send(message, List.of());
  }

  private void send(Message message, List<OwnedFd> fds) {
    if (!listening) {
      fds.forEach(OwnedFd::close);
      return;
    }
    try {
      channel.send(message, fds);
    } catch (ProtocolException e) {
      broken(e);
    } catch (IOException e) {
      unsendable(message.getClass().getSimpleName(), e);
    }
  }

  /** A peer that is gone tells so by its end-of-file; anything else ends it. */
  private void unsendable(String what, IOException e) {
    if (e instanceof SysException s
        && (s.errno() == Errno.EPIPE || s.errno() == Errno.ECONNRESET)) {
      return;
    }
    broken(
        new ProtocolException(
            ErrorCode.UNKNOWN, what + " could not be sent to it: " + e.getMessage()));
  }

  private void broken(ProtocolException e) {
    if (!listening) {
      return;
    }
    tellWhy(e);
    listening = false;
    broken = true;
    events.happened(WorkerEvent.of(WorkerEvent.Kind.VIOLATION, e.getMessage()));
  }

  /** The worker's own log should say why it is ended; it may not come to read it. */
  private void tellWhy(ProtocolException e) {
    try {
      channel.send(new Reply.Error(null, e.code().number(), e.getMessage()));
    } catch (IOException | ProtocolException ignored) {
      // it is ended in any case, and the operator learns the reason
    }
  }

  @Override
  public void close() {
    listening = false;
    broken = false;
    channel.close();
    logs.close();
  }
}
