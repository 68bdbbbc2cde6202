package dev.baton.worker;

import dev.baton.channel.EndOfChannel;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.protocol.LostDescriptorsException;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.UnknownTypeException;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Reads the control channel and hands each message to the session. Of several pings that wait, only
 * the newest is handed over.
 *
 * <p>One thread reads at a time, the one that has the {@link Turn}. When all is quiet that is the
 * channel thread, which waits for the supervisor without end. Where it has woken somebody for a
 * connection, it steps back: who has served that one reads on by itself, and so serves the next one
 * without being woken ({@link #lead}); one who has a selector watches the channel with it instead,
 * and reads when he accepts ({@link #look}). Nobody has the turn while a handler runs, for as long
 * as that may take. So until it has the turn again the channel thread looks every 2 ms and reads
 * what nobody has read; it takes the turn back when nobody else has read since it last looked. It
 * does so at once, and keeps the turn, while the answer to a request is waited for, since a handler
 * may be who waits.
 */
final class Receiver implements Leading {
  /** Connections that wait for their thread to be woken, while more messages come. */
  private static final int MOST_AT_ONCE = 32;

  /** So many that are read at a look keep one thread busy for too long. */
  private static final int BACKLOG = 4;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int LEAD_MILLIS = 10;
  private static final int MOST_DISTRUST = 64;

  private final Posix posix;
  private final MessageChannel<ToWorker> channel;
  private final Session session;
  private final Outbox outbox;
  private final Turn turn = new Turn();
  private volatile Throwable failure;
  private volatile boolean led;
  private volatile Thread channelThread;
  private volatile Guest invited;
  // Who has the turn alone:
  private Received<ToWorker> ping;
  // The channel thread alone: deliveries after which it does not step back, since nobody led.
  private int distrust;
  private int untilTrust;

  Receiver(Posix posix, MessageChannel<ToWorker> channel, Session session, Outbox outbox) {
    this.posix = posix;
    this.channel = channel;
    this.session = session;
    this.outbox = outbox;
  }

  /**
   * Works until the channel ends, whoever reads the end of it. Nobody reads it after that.
   *
   * @throws EndOfChannel when the supervisor is gone
   * @throws ProtocolException when it sent what is no message, or what cannot be answered
   */
  void run() throws IOException, ProtocolException {
    channelThread = Thread.currentThread();
    while (!turn.take()) {
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
    readOn();
  }

  /**
   * Goes on after {@link #run} or this has failed, and the channel leads to another supervisor; its
   * thread has kept the turn.
   */
  void goOn() throws IOException, ProtocolException {
    ping = null;
    invited = null;
    failure = null;
    readOn();
  }

  private void readOn() throws IOException, ProtocolException {
    for (; ; ) {
      throwFailure();
      int handled = readAll();
      if (session.idle(null) && !session.awaited() && trusts()) {
        stepBack();
      } else if (handled == 0) {
        await(-1);
      }
    }
  }

  /** Has the channel thread look at once. From any thread. */
  void lookNow() {
    LockSupport.unpark(channelThread);
  }

  private boolean trusts() {
    if (untilTrust > 0) {
      untilTrust--;
      return false;
    }
    return true;
  }

  private void stepBack() throws IOException, ProtocolException {
    Guest guest = invited;
    invited = null;
    if (guest == null) {
      letOthersRead();
      return;
    }
    tell(guest::begin);
    try {
      letOthersRead();
    } finally {
      tell(guest::end);
    }
  }

  private void tell(IntConsumer what) {
    channel.<Void, RuntimeException>borrow(
        n -> {
          what.accept(n);
          return null;
        });
  }

  /** Has no turn meanwhile, but when it looks whether others do their work. */
  private void letOthersRead() throws IOException, ProtocolException {
    boolean useful = false;
    led = false;
    turn.leave();
    for (; ; ) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      if (!turn.take()) {
        useful = true; // somebody waits for the supervisor
      } else if (session.awaited()) {
        useful = true; // no sign that nobody else would read
        break;
      } else if (failure != null || !led) {
        break;
      } else {
        useful = true;
        led = false;
        if (readAll() >= BACKLOG) {
          session.idle(null);
        }
        turn.leave();
      }
    }
    distrust = useful ? 0 : Math.min(MOST_DISTRUST, 2 * distrust + 1);
    untilTrust = distrust;
  }

  @Override
  public boolean lead(Inbox inbox, int have) {
    return readOn(inbox, have, true);
  }

  @Override
  public boolean look(Inbox inbox) {
    return readOn(inbox, 0, false);
  }

  @Override
  public void invite(Guest guest) {
    invited = guest;
  }

  private boolean readOn(Inbox inbox, int have, boolean wait) {
    if (failure != null || !turn.take()) {
      return false;
    }
    try {
      return failure == null && readFor(inbox, have, wait);
    } catch (IOException | ProtocolException | RuntimeException | Error e) {
      failure = e; // the channel thread finds it at its next look
      return false;
    } finally {
      led = true;
      turn.leave();
    }
  }

  /** Reads one connection only: the next one is better off where any thread can read it. */
  private boolean readFor(Inbox inbox, int have, boolean wait)
      throws IOException, ProtocolException {
    boolean waited = !wait;
    while (inbox.available() <= have && !inbox.isShut()) {
      if (!readOne()) {
        settle(inbox);
        if (waited || inbox.available() > have || inbox.isShut()) {
          break;
        }
        waited = !await(LEAD_MILLIS);
      }
    }
    settle(inbox);
    return inbox.available() > have;
  }

  private void settle(Inbox inbox) throws ProtocolException {
    handlePing();
    session.idle(inbox);
  }

  /** Reads what is there, or enough to have it served before more is read. */
  private int readAll() throws IOException, ProtocolException {
    int handled = 0;
    while (handled < MOST_AT_ONCE && readOne()) {
      handled++;
    }
    handlePing();
    return handled;
  }

  /** False when there is none. */
  private boolean readOne() throws IOException, ProtocolException {
    Optional<Received<ToWorker>> next = receive();
    if (next.isEmpty()) {
      return false;
    }
    if (next.get().message() instanceof ToWorker.Ping) {
      ping = next.get();
      return true;
    }
    try (Received<ToWorker> received = next.get()) {
      handlePing();
      session.handle(received);
    }
    return true;
  }

  private void handlePing() throws ProtocolException {
    if (ping != null) {
      Received<ToWorker> newest = ping;
      ping = null;
      session.handle(newest);
    }
  }

  private Optional<Received<ToWorker>> receive() throws IOException, ProtocolException {
    for (; ; ) {
      try {
        return channel.receive(false);
      } catch (UnknownTypeException e) {
        outbox.send(e.reply());
      } catch (LostDescriptorsException e) {
        session.lost(e);
      }
    }
  }

  /** False when nothing came in that time. */
  private boolean await(int millis) throws IOException {
    turn.waiting(true);
    try {
      return channel.<Integer, IOException>borrow(n -> posix.poll(n, Constants.POLLIN, millis))
          != 0;
    } finally {
      turn.waiting(false);
    }
  }

  private void throwFailure() throws IOException, ProtocolException {
    Throwable e = failure;
    if (e instanceof IOException io) {
      throw io;
    } else if (e instanceof ProtocolException protocol) {
      throw protocol;
    } else if (e instanceof Error error) {
      throw error;
    } else if (e != null) {
      throw (RuntimeException) e;
    }
  }
}
