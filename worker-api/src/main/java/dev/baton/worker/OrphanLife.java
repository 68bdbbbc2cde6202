package dev.baton.worker;

import dev.baton.channel.MessageChannel;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor.Rejoin;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.ToWorker.Welcome;
import dev.baton.protocol.Version;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What a worker does between two supervisors: it serves on, and tries the adoption socket. Once
 * adopted, its control channel leads to the next supervisor under the same number ({@code dup2(2)};
 * APUE 3.12), so that whoever watches or reads it need not know.
 */
final class OrphanLife {
  private static final long PAUSE_MILLIS = 50;
  private static final String GONE = "the supervisor is gone, and the next one is not there yet";

  private final Posix posix;
  private final MessageChannel<ToWorker> channel;
  private final Session session;
  private final Outbox outbox;
  private final Handoffs handoffs;
  private final Offers offers;
  private final Requests requests;
  private final Health health;
  private final PluginThread plugin;
  private final Lifecycle lifecycle;
  private final PrintStream log;
  private final Set<String> told = new HashSet<>();
  private final int supervisorUid;

  /**
   * @param channel to the supervisor that is there at first
   */
  OrphanLife(
      Posix posix,
      MessageChannel<ToWorker> channel,
      Session session,
      Outbox outbox,
      Handoffs handoffs,
      Offers offers,
      Requests requests,
      Health health,
      PluginThread plugin,
      Lifecycle lifecycle,
      PrintStream log) {
    this.posix = posix;
    this.channel = channel;
    this.session = session;
    this.outbox = outbox;
    this.handoffs = handoffs;
    this.offers = offers;
    this.requests = requests;
    this.health = health;
    this.plugin = plugin;
    this.lifecycle = lifecycle;
    this.log = log;
    this.supervisorUid = uid(posix, channel);
  }

  /** On a socketpair it is that of who made the pair. */
  private static int uid(Posix posix, MessageChannel<ToWorker> channel) {
    try {
      return channel.borrow(posix::peerCredentials).uid();
    } catch (SysException e) {
      return 0; // then root alone is followed
    }
  }

  /**
   * Waits until another supervisor has adopted this worker. The channel thread, which nobody else
   * reads the channel beside.
   *
   * @param over whether the process is about to end by itself
   * @return false when nobody came in time, or this worker is none that could go on
   */
  boolean await(BooleanSupplier over) throws InterruptedException {
    Welcome welcome = session.welcome();
    if (welcome == null
        || welcome.orphanMillis() <= 0
        || !outbox.ready()
        || session.stopping()
        || over.getAsBoolean()) {
      return false;
    }
    long end = Session.deadline(welcome.orphanMillis());
    log.println(
        "baton: the supervisor is gone; serving on for "
            + Duration.ofMillis(welcome.orphanMillis())
            + " until another one comes");
    outbox.leave();
    handoffs.left();
    health.left();
    requests.end(GONE);
    plugin.post(lifecycle::left);
    Adopter adopter = new Adopter(posix, welcome.adoption(), supervisorUid);
    while (end - System.nanoTime() > 0 && !over.getAsBoolean()) {
      if (attempt(adopter, welcome)) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(
          PAUSE_MILLIS + ThreadLocalRandom.current().nextLong(PAUSE_MILLIS));
    }
    log.println("baton: no other supervisor came");
    return false;
  }

  private boolean attempt(Adopter adopter, Welcome welcome) {
    Optional<Adopter.Outcome> outcome = adopter.attempt(offers::copies, words(welcome));
    if (outcome.isEmpty()) {
      return false;
    }
    if (outcome.get().channel().isEmpty()) {
      outbox.forget();
      if (told.add(outcome.get().refusal())) {
        log.println("baton: not adopted: " + outcome.get().refusal());
      }
      return false;
    }
    try (OwnedFd fresh = outcome.get().channel().get()) {
      fresh.<Void, SysException>borrow(
          from ->
              channel.borrow(
                  to -> {
                    posix.duplicateOnto(from, to);
                    return null;
                  }));
    } catch (SysException e) {
      log.println("baton: the new channel cannot be put in place: " + e.getMessage());
      outbox.forget();
      return false;
    }
    told.clear();
    handoffs.adopted();
    requests.goOn();
    plugin.post(lifecycle::adopted);
    outbox.goOn();
    log.println("baton: adopted by another supervisor");
    return true;
  }

  private Adopter.Words words(Welcome welcome) {
    return new Adopter.Words() {
      @Override
      public Rejoin rejoin(List<Descriptor> fds) {
        return OrphanLife.this.rejoin(welcome, fds);
      }

      @Override
      public void adopted(ToWorker.Adopted answer) throws ProtocolException {
        session.adopted(answer);
      }
    };
  }

  private Rejoin rejoin(Welcome welcome, List<Descriptor> fds) {
    WorkerIdentity identity = session.identity();
    Numbers open = handoffs.reports().rejoining();
    return new Rejoin(
        Version.CURRENT.toString(),
        identity.id(),
        identity.generation(),
        welcome.secret(),
        handoffs.draining(),
        open,
        Map.of("sdk", Sdk.name()),
        fds);
  }
}
