package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Clients and workers around a ledger, and a record of its own of who has what: every effect is
 * judged against it, so the ledger's bookkeeping is never its own witness.
 */
final class LedgerWorld implements Hands {
  final Random random;
  final Ledger ledger;
  final List<WorldWorker> workers = new ArrayList<>();

  /** What happened how often, to show that the test tested something. */
  final Map<String, Integer> seen;

  private final Map<Long, WorldClient> known = new HashMap<>();
  private final List<WorldClient> all = new ArrayList<>();
  private final int listeners;
  private long now;
  private long lastNumber = 1000;
  private int serials;
  private long scarceUntil;
  private boolean held;
  private WorldWorker reaping;
  private boolean lying;
  private int trouble = 1;

  LedgerWorld(long seed, Map<String, Integer> seen) {
    this.random = new Random(seed);
    this.seen = seen;
    this.ledger = new Ledger(LedgerDriver.SETTINGS, this);
    ledger.listener(policy());
    ledger.listener(policy());
    this.listeners = 2;
  }

  private Policy policy() {
    return switch (random.nextInt(3)) {
      case 0 -> new RoundRobin();
      case 1 -> new LeastConnections();
      default -> new ClientHash();
    };
  }

  private void count(String what) {
    seen.merge(what, 1, Integer::sum);
  }

  // Effects, each judged.

  @Override
  public Handed hand(long connection, int index) {
    WorldClient c = known.get(connection);
    WorldWorker w = worker(index);
    assertNull(c.holder, () -> connection + " is handed over while a worker has it");
    assertEquals(0, c.served, () -> connection + " is handed over after it was served");
    assertTrue(c.ourCopy && !c.mayClose, () -> connection + " is handed over after its end");
    assertTrue(w.chosenFrom() && newest(w), () -> index + " is not the ready worker of its slot");
    assertTrue(w.mayTakeOne(), () -> index + " is at a limit");
    assertTrue(scarceUntil <= now, "handed over during a shortage");
    if (c.vanished) {
      c.mayClose = true;
      count("gone");
      return Handed.GONE;
    }
    if (trouble > 0 && random.nextInt(60) == 0) {
      scarceUntil = now + LedgerDriver.SHORTAGE;
      count("scarce");
      return Handed.SCARCE;
    }
    if (!w.alive || trouble > 0 && random.nextInt(30) == 0) {
      w.channelFull = true;
      count("full");
      return Handed.FULL;
    }
    count(c.moves++ == 0 ? "hand" : "hand again");
    c.holder = w;
    c.handedAt = now;
    w.unclaimed.add(connection);
    w.inbox.add(connection);
    return Handed.SENT;
  }

  @Override
  public void closeOurCopy(long connection) {
    WorldClient c = known.get(connection);
    assertTrue(c.ourCopy, () -> connection + " is closed twice");
    assertTrue(c.mayClose, () -> connection + " is closed while it is needed");
    c.ourCopy = false;
    if (!c.claimed) {
      known.remove(connection);
    }
  }

  @Override
  public void recall(int index, long[] connections, int count) {
    WorldWorker w = worker(index);
    List<Long> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long connection = connections[i];
      assertTrue(w.unclaimed.contains(connection), () -> connection + " is recalled in vain");
      assertTrue(w.recalled.add(connection), () -> connection + " is recalled twice");
      assertTrue(known.get(connection).handedAt + LedgerDriver.RECALL_AFTER <= now, "too early");
      asked.add(connection);
    }
    w.recalls.add(asked);
    count("recall");
  }

  @Override
  public Found examine(long connection) {
    WorldClient c = known.get(connection);
    assertEquals(reaping, c.holder, () -> connection + " is examined while its worker may live");
    c.holder = null;
    if (c.served > 0) {
      count("touched");
      c.mayClose = true;
      return Found.TOUCHED;
    }
    if (c.vanished) {
      c.mayClose = true;
      return Found.GONE;
    }
    count("untouched");
    return Found.UNTOUCHED;
  }

  @Override
  public void kill(int index, Fault fault, long connection) {
    WorldWorker w = worker(index);
    assertFalse(w.condemned, () -> index + " is killed twice");
    assertTrue(fault == Fault.WEDGED ? !w.acts() : lying, () -> index + " did nothing: " + fault);
    w.condemned = true;
    count(fault.name());
  }

  @Override
  public void accepting(boolean on) {
    count(on ? "accept" : "pause");
  }

  private WorldWorker worker(int index) {
    return workers.stream().filter(w -> w.index == index).findFirst().orElseThrow();
  }

  private boolean newest(WorldWorker w) {
    return workers.stream()
        .noneMatch(o -> o.slot == w.slot && o.chosenFrom() && o.serial > w.serial);
  }

  // What may happen.

  void connect() {
    if (ledger.accepting() || random.nextInt(20) == 0) {
      long number = lastNumber += 1 + random.nextInt(3);
      WorldClient c = new WorldClient(random.nextInt(listeners));
      known.put(number, c);
      all.add(c);
      ledger.accepted(number, c.listener, random.nextLong());
    }
  }

  WorldWorker start(int maxConnections, int maxUnclaimed) {
    int slot = random.nextInt(4);
    int index = ledger.added(slot, 1 + random.nextInt(3), maxConnections, maxUnclaimed);
    assertTrue(workers.stream().noneMatch(w -> w.index == index), () -> index + " is in use");
    WorldWorker w = new WorldWorker(index, serials++, slot, maxConnections, maxUnclaimed);
    workers.add(w);
    count("start");
    return w;
  }

  void ready(WorldWorker w) {
    if (!w.draining && !w.ready) {
      w.ready = true;
      ledger.ready(w.index);
    }
  }

  void drain(WorldWorker w) {
    w.draining = true;
    count(w.unclaimed.isEmpty() ? "drain" : "drain with connections on their way");
    ledger.draining(w.index);
  }

  void take(WorldWorker w) {
    if (w.acts() && !w.inbox.isEmpty()) {
      serve(w);
    }
  }

  private void serve(WorldWorker w) {
    WorldClient c = known.get(w.take());
    assertEquals(w, c.holder, "served by another than it was given to");
    assertEquals(1, ++c.served, "served twice");
  }

  void vanish() {
    if (!all.isEmpty()) {
      WorldClient c = all.get(random.nextInt(all.size()));
      c.vanished = true;
      for (Map.Entry<Long, WorldClient> e : Map.copyOf(known).entrySet()) {
        if (e.getValue() == c && c.holder == null) {
          c.mayClose = true;
          ledger.gone(e.getKey());
        }
      }
    }
  }

  void writable(WorldWorker w) {
    if (w.alive) {
      w.channelFull = false;
      ledger.writable(w.index);
    }
  }

  void hold(boolean on) {
    held = on;
    count(on ? "hold" : "go on");
    ledger.hold(on);
  }

  /** Reads what the worker has said, up to a number of messages. */
  void read(WorldWorker w, int most) {
    if (w.acts() && random.nextBoolean()) {
      w.sendClaims();
    }
    for (int i = 0; i < most && !w.outbox.isEmpty(); i++) {
      WorldWorker.Message m = w.outbox.removeFirst();
      WorldClient c = known.get(m.connection());
      w.recalled.remove(m.connection());
      switch (m.kind()) {
        case CLAIM -> {
          count("claim");
          c.claimed = true;
          c.mayClose = true;
          w.unclaimed.remove(m.connection());
          w.claimed.add(m.connection());
          w.awake();
          ledger.claimed(w.index, m.connection(), now);
          assertFalse(c.ourCopy, "our copy is open after the claim");
        }
        case REFUSE -> {
          count(w.condemned ? "refuse of the condemned" : "refuse");
          if (!w.condemned) {
            c.holder = null;
            w.unclaimed.remove(m.connection());
            w.rest(now + LedgerDriver.REST);
          }
          ledger.refused(w.index, m.connection(), now);
        }
        case CLOSED -> {
          count("close");
          w.claimed.remove(m.connection());
          w.awake();
          known.remove(m.connection());
          ledger.closed(w.index, m.connection());
        }
      }
    }
  }

  /** Says something that cannot be, in the view of anybody. */
  void lie(WorldWorker w) {
    if (!w.acts()) {
      return;
    }
    read(w, Integer.MAX_VALUE);
    List<Long> others = known.keySet().stream().filter(n -> !w.unclaimed.contains(n)).toList();
    long about = others.isEmpty() ? 1 : others.get(random.nextInt(others.size()));
    boolean before = w.condemned;
    lying = true;
    switch (random.nextInt(4)) {
      case 0 -> ledger.claimed(w.index, about, now);
      case 1 -> ledger.refused(w.index, about, now);
      case 2 -> ledger.closed(w.index, w.unclaimed.isEmpty() ? 1 : w.unclaimed.iterator().next());
      default -> ledger.claimed(w.index, 7, now);
    }
    lying = false;
    assertTrue(w.condemned, "a lie went unnoticed");
    count(before ? "lie of the condemned" : "lie");
  }

  void reap(WorldWorker w) {
    w.die();
    read(w, Integer.MAX_VALUE);
    count(w.unclaimed.isEmpty() ? "reap" : "reap with connections on their way");
    reaping = w;
    ledger.reaped(w.index);
    reaping = null;
    w.claimed.forEach(known::remove);
    workers.remove(w);
  }

  /** Time goes on: who can answers recalls, all channels are read, then what is due is done. */
  void advance(long by) {
    now += by;
    for (WorldWorker w : workers) {
      if (w.acts()) {
        w.answerRecalls();
      }
      read(w, Integer.MAX_VALUE);
    }
    ledger.expire(now);
  }

  /** Ends a step: the ledger settles, and everything it says is compared. */
  void settle() {
    ledger.settle(now);
    int waiting = 0;
    for (Map.Entry<Long, WorldClient> e : known.entrySet()) {
      WorldWorker holder = e.getValue().holder;
      waiting += holder == null ? 1 : 0;
      int owner = ledger.owner(e.getKey());
      assertEquals(holder == null ? Ledger.NONE : holder.index, owner, "owner of " + e.getKey());
      assertTrue(ledger.place(e.getKey()) != Ledger.NONE, () -> e.getKey() + " is forgotten");
      if (holder != null && !holder.condemned && holder.unclaimed.contains(e.getKey())) {
        long due = e.getValue().handedAt + LedgerDriver.RECALL_AFTER;
        boolean asked = holder.recalled.contains(e.getKey());
        assertTrue(asked || ledger.nextDeadline() <= due, "a recall would be missed");
      }
    }
    assertEquals(waiting, ledger.waiting());
    balance();
    gate();
  }

  private void gate() {
    List<WorldWorker> serving = workers.stream().filter(w -> w.chosenFrom() && newest(w)).toList();
    boolean room = serving.stream().anyMatch(w -> w.clearlyHasRoom(now));
    boolean free = !held && scarceUntil <= now;
    assertFalse(free && room && ledger.waiting() > 0, "somebody waits although a worker has room");
    if (!serving.isEmpty()) {
      assertTrue(!free || !room || ledger.accepting(), "paused although a worker has room");
      assertTrue(!ledger.accepting() || ledger.waiting() == 0, "accepting while others wait");
      boolean none = serving.stream().noneMatch(WorldWorker::mayTakeOne);
      assertFalse(none && ledger.accepting(), "accepting although nobody can take one");
    }
    assertFalse(held && ledger.accepting(), "accepting while held");
  }

  private void balance() {
    long accepted = 0;
    for (int i = 0; i < listeners; i++) {
      ListenerFigures f = ledger.listenerFigures(i);
      long now = f.waiting() + f.unclaimed() + f.open();
      long over = f.closed() + f.closedTouched() + f.vanished() + f.ended();
      assertEquals(f.accepted(), now + over, f::toString);
      accepted += f.accepted();
    }
    assertEquals(all.size(), accepted);
    for (WorldWorker w : workers) {
      WorkerFigures f = ledger.workerFigures(w.index);
      assertEquals(w.unclaimed.size(), f.unclaimed());
      assertEquals(w.claimed.size(), f.open());
    }
  }

  /** Peace: whoever is damned or stopped dies, one good worker is there, and all ends well. */
  void finish() {
    trouble = 0;
    hold(false);
    for (WorldWorker w : List.copyOf(workers)) {
      if (!w.alive || w.condemned || w.stopped) {
        reap(w);
      }
    }
    ready(start(1000, 1000));
    for (int round = 0; round < 2 || round < 40 && !known.isEmpty(); round++) {
      workers.forEach(this::writable);
      advance(LedgerDriver.REST + LedgerDriver.SHORTAGE);
      settle();
      for (WorldWorker w : workers) {
        while (!w.inbox.isEmpty()) {
          serve(w);
        }
        while (!w.serving.isEmpty()) {
          w.close(0);
        }
      }
    }
    assertTrue(known.isEmpty(), () -> known.size() + " connections have no end");
    for (WorldClient c : all) {
      assertFalse(c.ourCopy, "our copy is left open");
      assertTrue(c.served == 1 || c.vanished, "a client was never served");
    }
    assertTrue(ledger.accepting());
  }
}
