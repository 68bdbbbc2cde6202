package dev.baton.supervisor.core.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A made-up worker process with its channel, and what the supervisor may know about it. */
final class WorldWorker {
  /** What a worker says about one connection. */
  enum Kind {
    CLAIM,
    REFUSE,
    CLOSED
  }

  record Message(Kind kind, long connection) {}

  final int index;
  final int serial;
  final int slot;
  final int maxConnections;
  final int maxUnclaimed;

  /** As the supervisor knows it. */
  boolean ready;

  boolean draining;
  boolean condemned;
  boolean channelFull;
  private boolean onTrial;
  private long restsUntil;
  final Set<Long> unclaimed = new HashSet<>();
  final Set<Long> recalled = new HashSet<>();
  final Set<Long> claimed = new HashSet<>();

  /** As it is in the process. */
  boolean alive = true;

  boolean stopped;
  final Deque<Long> inbox = new ArrayDeque<>();
  final Deque<List<Long>> recalls = new ArrayDeque<>();
  final List<Long> serving = new ArrayList<>();
  final Deque<Message> outbox = new ArrayDeque<>();
  private final Deque<Message> unsentClaims = new ArrayDeque<>();

  WorldWorker(int index, int serial, int slot, int maxConnections, int maxUnclaimed) {
    this.index = index;
    this.serial = serial;
    this.slot = slot;
    this.maxConnections = maxConnections;
    this.maxUnclaimed = maxUnclaimed;
  }

  boolean acts() {
    return alive && !stopped;
  }

  boolean chosenFrom() {
    return ready && !draining && !condemned;
  }

  int load() {
    return unclaimed.size() + claimed.size();
  }

  boolean mayTakeOne() {
    return !channelFull
        && recalled.isEmpty()
        && load() < maxConnections
        && unclaimed.size() < maxUnclaimed;
  }

  /** It refused one. */
  void rest(long until) {
    onTrial = true;
    restsUntil = until;
  }

  /** It claimed or closed one. */
  void awake() {
    onTrial = false;
    restsUntil = 0;
  }

  /** Room that no hysteresis, no rest and no trial can hide. */
  boolean clearlyHasRoom(long now) {
    boolean tried = onTrial && !unclaimed.isEmpty();
    return mayTakeOne() && !tried && unclaimed.size() <= maxUnclaimed / 2 && restsUntil <= now;
  }

  /** The plugin takes the oldest: from now on the client is touched. */
  long take() {
    long connection = inbox.removeFirst();
    serving.add(connection);
    unsentClaims.add(new Message(Kind.CLAIM, connection));
    return connection;
  }

  /** Claims travel in batches; those of a batch that was not sent die with the worker. */
  void sendClaims() {
    outbox.addAll(unsentClaims);
    unsentClaims.clear();
  }

  void refuseNewest() {
    outbox.add(new Message(Kind.REFUSE, inbox.removeLast()));
  }

  void close(int which) {
    sendClaims();
    outbox.add(new Message(Kind.CLOSED, serving.remove(which)));
  }

  /** What it was asked for and has not taken goes back. */
  void answerRecalls() {
    sendClaims();
    for (List<Long> asked : recalls) {
      for (long connection : asked) {
        if (inbox.remove(connection)) {
          outbox.add(new Message(Kind.REFUSE, connection));
        }
      }
    }
    recalls.clear();
  }

  void die() {
    alive = false;
    unsentClaims.clear();
    inbox.clear();
    recalls.clear();
  }
}
