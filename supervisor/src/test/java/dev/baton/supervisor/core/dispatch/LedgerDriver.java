package dev.baton.supervisor.core.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

/** A ledger with one round-robin listener and recorded effects, in steps of one call each. */
final class LedgerDriver {
  static final long RECALL_AFTER = 1000;
  static final long RECALL_TIMEOUT = 300;
  static final long REST = 50;
  static final long SHORTAGE = 70;
  static final int WAIT_LIMIT = 4;
  static final int MANY = 1000;
  static final DispatchSettings SETTINGS =
      new DispatchSettings(RECALL_AFTER, RECALL_TIMEOUT, REST, SHORTAGE, WAIT_LIMIT);

  final RecordingHands hands = new RecordingHands();
  final Ledger ledger = new Ledger(SETTINGS, hands);
  final int listener;
  long now;

  LedgerDriver() {
    this(new RoundRobin());
  }

  LedgerDriver(Policy policy) {
    listener = ledger.listener(policy);
  }

  /** A ready worker of the slot. */
  int worker(int slot) {
    return worker(slot, 1, MANY, MANY);
  }

  int worker(int slot, int weight, int maxConnections, int maxUnclaimed) {
    int worker = ledger.added(slot, weight, maxConnections, maxUnclaimed);
    ledger.ready(worker);
    return worker;
  }

  LedgerDriver accept(long... connections) {
    for (long c : connections) {
      ledger.accepted(c, listener, c);
    }
    ledger.settle(now);
    return this;
  }

  LedgerDriver claim(int worker, long... connections) {
    for (long c : connections) {
      ledger.claimed(worker, c, now);
    }
    ledger.settle(now);
    return this;
  }

  LedgerDriver refuse(int worker, long... connections) {
    for (long c : connections) {
      ledger.refused(worker, c, now);
    }
    ledger.settle(now);
    return this;
  }

  LedgerDriver close(int worker, long... connections) {
    for (long c : connections) {
      ledger.closed(worker, c);
    }
    ledger.settle(now);
    return this;
  }

  LedgerDriver reap(int worker) {
    ledger.reaped(worker);
    ledger.settle(now);
    return this;
  }

  LedgerDriver settle() {
    ledger.settle(now);
    return this;
  }

  LedgerDriver at(long time) {
    now = time;
    ledger.expire(now);
    ledger.settle(now);
    return this;
  }

  /** Exactly these effects since the last look. */
  LedgerDriver shows(String... effects) {
    assertEquals(List.of(effects), hands.taken());
    return this;
  }

  LedgerDriver forget() {
    hands.taken();
    return this;
  }

  ListenerFigures figures() {
    return ledger.listenerFigures(listener);
  }
}
