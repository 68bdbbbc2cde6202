package dev.baton.supervisor.dispatch;

import dev.baton.channel.HandOffSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Numbers;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.core.dispatch.Ledger;
import dev.baton.supervisor.core.dispatch.ListenerFigures;
import dev.baton.sys.Errno;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The state of a pool's dispatcher, and one turn of its thread. Only for that thread. */
final class DispatchLoop implements AutoCloseable {
  /** A connection's number is unique for the supervisor's life, in all pools. */
  private static final AtomicLong LAST_NUMBER = new AtomicLong();

  private static final long DEMAND_EVERY = TimeUnit.MILLISECONDS.toNanos(500);

  private final Posix posix;
  private final DispatchPlan plan;
  private final DispatchEvents events;
  private final Poller poller;
  private final List<String> names;
  private final LedgerClock clock = new LedgerClock();
  private final HandOffs handOffs;
  private final Acceptor acceptor;
  private final Ledger ledger;
  private final Board board;
  private final Poller.Handler handler = this::ready;
  private final Map<WorkerId, Integer> workers = new HashMap<>();
  private long ticket;
  private Consumer<Moved> heir;
  private Runnable emptied;
  private boolean demanded;
  private long lastDemand;

  /** When the event came that is being handled: one look at the clock for all that it brings. */
  private long eventAt;

  DispatchLoop(Posix posix, DispatchPlan plan, DispatchEvents events, Poller poller) {
    this.posix = posix;
    this.plan = plan;
    this.events = events;
    this.poller = poller;
    this.names = plan.sources().stream().map(DispatchPlan.Source::listener).toList();
    Warnings warnings = new Warnings(events::warning);
    long pause = plan.settings().shortagePause();
    this.handOffs = new HandOffs(posix, poller, events, warnings, names, pause);
    Reserve reserve = Reserve.ofThisProcess(posix);
    this.acceptor = new Acceptor(posix, poller, this::accepted, warnings, names, pause, reserve);
    this.ledger = new Ledger(plan.settings(), handOffs);
    this.board = new Board(ledger, names, acceptor, workers);
    handOffs.connect(ledger, acceptor::accepting);
    rehearse();
    for (DispatchPlan.Source source : plan.sources()) {
      int index = ledger.listener(source.policy());
      source.fd().ifPresent(fd -> acceptor.add(index, AcceptSocket.OWN, fd));
    }
  }

  /**
   * Loads what only a shortage needs: once it has come there may be no descriptor left to read a
   * class with, and the JVM never tries a second time.
   */
  private static void rehearse() {
    SysException shortage = new SysException("accept4", Errno.EMFILE.number());
    Warnings unheard = new Warnings(text -> {});
    if (!ClientErrors.contains(shortage.number())) {
      unheard.say(shortage.errno().name(), shortage.getMessage(), 0);
    }
  }

  /** What is to be shown, by any thread. */
  Board board() {
    return board;
  }

  // Commands, as Dispatcher says.

  void added(WorkerId worker, int slot, OwnedFd channel) {
    if (workers.containsKey(worker)) {
      throw new IllegalArgumentException(worker + " was added before");
    }
    int weight = plan.weight().applyAsInt(slot);
    int index = ledger.added(slot, weight, plan.maxConnections(), plan.maxUnclaimed());
    handOffs.added(index, worker, new HandOffSocket(posix, channel));
    workers.put(worker, index);
    demanded = false;
  }

  static void numberAfter(long last) {
    LAST_NUMBER.accumulateAndGet(last, Math::max);
  }

  /** Their listeners are not known any more; the first one stands for all. */
  void adopted(WorkerId worker, Numbers connections) {
    Integer index = workers.get(worker);
    for (int i = 0; index != null && i < connections.size(); i++) {
      ledger.adopted(index, connections.at(i), 0);
    }
    board.busy();
  }

  void ready(WorkerId worker) {
    Integer index = workers.get(worker);
    if (index != null) {
      ledger.ready(index);
    }
  }

  void draining(WorkerId worker) {
    Integer index = workers.get(worker);
    if (index != null) {
      handOffs.leaving(index);
      ledger.draining(index);
    }
  }

  void reaped(WorkerId worker) {
    Integer index = workers.remove(worker);
    if (index != null) {
      ledger.reaped(index);
      handOffs.removed(index);
      board.busy();
    }
  }

  void claimed(WorkerId worker, Numbers connections) {
    Integer index = workers.get(worker);
    long now = clock.now();
    for (int i = 0; index != null && i < connections.size(); i++) {
      ledger.claimed(index, connections.at(i), now);
    }
    board.busy();
  }

  void refused(WorkerId worker, Numbers connections) {
    Integer index = workers.get(worker);
    for (int i = 0; index != null && i < connections.size(); i++) {
      ledger.refused(index, connections.at(i), clock.now());
    }
    board.busy();
  }

  void closed(WorkerId worker, Numbers connections) {
    Integer index = workers.get(worker);
    for (int i = 0; index != null && i < connections.size(); i++) {
      ledger.closed(index, connections.at(i));
    }
    board.busy();
  }

  void extra(String listener, int key, OwnedFd socket) {
    acceptor.add(names.indexOf(listener), key, socket);
  }

  void noExtra(String listener, int key) {
    acceptor.remove(names.indexOf(listener), key);
  }

  void hold(boolean on) {
    ledger.hold(on);
  }

  /** To be run once when nothing waits and all that was handed over is claimed. */
  void whenEmpty(Runnable task) {
    emptied = task;
  }

  private void tellEmpty() {
    if (emptied == null) {
      return;
    }
    for (int i = 0; i < names.size(); i++) {
      ListenerFigures f = ledger.listenerFigures(i);
      if (f.waiting() + f.unclaimed() > 0) {
        return;
      }
    }
    Runnable task = emptied;
    emptied = null;
    task.run();
  }

  /** What waits while no worker stays goes there; null: it waits. */
  void heir(Consumer<Moved> next) {
    heir = next;
  }

  /** One that waited elsewhere waits here from now on. */
  void moved(Moved moved) {
    int listener = names.indexOf(moved.listener());
    if (listener < 0) {
      moved.fd().close();
      events.warning("a client of listener " + moved.listener() + " was left with nobody");
      return;
    }
    int place = ledger.accepted(moved.number(), listener, moved.clientHash());
    handOffs.keep(place, listener, moved);
    board.busy();
  }

  private void moveOn() {
    if (heir == null || handOffs.someStay()) {
      return;
    }
    for (long c = ledger.nextWaiting(); c != Ledger.NONE; c = ledger.nextWaiting()) {
      Moved moved = handOffs.take(c, names);
      ledger.moved(c);
      heir.accept(moved);
      board.busy();
    }
  }

  /**
   * What the channels held when the ticket was made was told. What has become due by then is done;
   * where that is a recall, the time to answer begins when the loop has sent it.
   */
  void caughtUp(long itsTicket) {
    if (!clock.stopped() || itsTicket != ticket) {
      return;
    }
    ledger.expire(clock.now());
    if (handOffs.takeRecalled()) {
      events.catchUp(++ticket);
    } else {
      clock.goOn();
    }
  }

  // The thread's turn.

  /**
   * Decides what follows from the commands that were taken in, then waits for something to do.
   *
   * @param stay whether there are no more commands, asked when {@link Poller#wake} is heard already
   */
  void await(BooleanSupplier stay) throws SysException {
    long now = System.nanoTime();
    acceptor.retry(now);
    handOffs.retry(now);
    ledger.wake(clock.at(now));
    if (!clock.stopped() && ledger.nextAnswer() <= clock.at(now)) {
      clock.stop();
      events.catchUp(++ticket);
    }
    ledger.settle(clock.at(now));
    moveOn();
    tellEmpty();
    demand(now);
    if (handOffs.takeActed()) {
      board.busy(); // also where a pause was over or a channel had room again
    }
    board.show(now, false);
    poller.fallAsleep();
    poller.await(stay.getAsBoolean() ? pause(now) : 0);
  }

  /**
   * Handles what was waited for; between the two come the commands, so that what was said before a
   * client connected is known when it is accepted.
   */
  void handle() throws SysException {
    poller.handle(handler);
  }

  private void demand(long now) {
    if (ledger.waiting() == 0 || handOffs.someStay()) {
      return;
    }
    if (!demanded || now - lastDemand >= DEMAND_EVERY) {
      demanded = true;
      lastDemand = now;
      events.demand();
    }
  }

  private long pause(long now) {
    long pause = Math.min(until(acceptor.nextRetry(), now), until(handOffs.nextRetry(), now));
    pause = Math.min(pause, until(board.nextShow(), now));
    if (!clock.stopped()) {
      pause = Math.min(pause, until(ledger.nextDeadline(), clock.at(now)));
    }
    if (ledger.waiting() > 0 && !handOffs.someStay()) {
      pause = Math.min(pause, until(lastDemand + DEMAND_EVERY, now));
    }
    return pause;
  }

  private static long until(long then, long now) {
    return then == Long.MAX_VALUE ? then : Math.max(0, then - now);
  }

  private void ready(long token, int what) {
    eventAt = System.nanoTime();
    if (token >= Poller.WORKER) {
      handOffs.channelReady((int) (token - Poller.WORKER), what);
      ledger.settle(clock.at(eventAt));
    } else {
      acceptor.ready((int) (token - Poller.SOCKET));
    }
  }

  /**
   * Handed over at once where that is possible: who accepts first and hands over later is slower.
   */
  private void accepted(
      int number, int listener, PeerAddress peer, long clientHash, boolean stale) {
    long connection = LAST_NUMBER.incrementAndGet();
    int place = ledger.accepted(connection, listener, clientHash);
    handOffs.keep(place, number, listener, peer);
    handOffs.fresh(stale ? -1 : connection);
    ledger.settle(clock.at(eventAt));
    handOffs.fresh(-1);
    board.busy();
  }

  @Override
  public void close() {
    board.show(System.nanoTime(), true);
    acceptor.close();
    handOffs.close();
  }
}
