package dev.baton.supervisor.core.dispatch;

/** One live worker, as far as hand-offs go. Made when a worker comes, never for a connection. */
final class Member {
  /** How far it is in its life. */
  enum Phase {
    STARTING,
    READY,
    DRAINING,
    /** Killed, and not yet reaped: nothing goes to it and nothing moves from it. */
    CONDEMNED
  }

  final int index;

  /** Rises with every worker of the pool; never used again, unlike the index. */
  final long serial;

  final int slot;
  final int weight;
  private final int maxConnections;
  private final int maxUnclaimed;

  private Phase phase = Phase.STARTING;
  private boolean channelFull;
  private boolean stuffed;
  private boolean resting;
  private boolean onTrial;
  private long restsUntil;

  int unclaimed;
  int recalled;
  int open;
  long total;
  long refused;

  Member(int index, long serial, int slot, int weight, int maxConnections, int maxUnclaimed) {
    this.index = index;
    this.serial = serial;
    this.slot = slot;
    this.weight = weight;
    this.maxConnections = maxConnections;
    this.maxUnclaimed = maxUnclaimed;
  }

  Phase phase() {
    return phase;
  }

  void phase(Phase next) {
    phase = next;
  }

  boolean condemned() {
    return phase == Phase.CONDEMNED;
  }

  int load() {
    return unclaimed + open;
  }

  /** Whether nothing but a missing claim, refusal, close or moment keeps it from one more. */
  boolean hasRoom() {
    return !channelFull
        && !resting
        && !(onTrial && unclaimed > 0)
        && !stuffed
        && recalled == 0
        && load() < maxConnections;
  }

  void channelFull(boolean full) {
    channelFull = full;
  }

  void took() {
    unclaimed++;
    stuffed |= unclaimed >= maxUnclaimed;
  }

  /**
   * One fewer is unclaimed. Hysteresis: who was stuffed gets more when half is gone. Nobody starves
   * by it, since what is unclaimed is claimed, recalled or dead before long; {@code maxConnections}
   * must not have any, since open connections may stay for days.
   */
  void settledOne(boolean wasRecalled) {
    unclaimed--;
    recalled -= wasRecalled ? 1 : 0;
    stuffed &= unclaimed > maxUnclaimed / 2;
  }

  /**
   * After the rest it is tried with one connection at a time until it takes one: whoever refuses
   * one would refuse hundreds, again and again.
   */
  void rest(long until) {
    resting = true;
    onTrial = true;
    restsUntil = until;
  }

  /** It showed that it takes connections again. */
  void awake() {
    resting = false;
    onTrial = false;
  }

  void awakeAt(long now) {
    resting &= restsUntil > now;
  }

  /** When it may be tried again, or the end of time. */
  long restsUntil() {
    return resting ? restsUntil : Long.MAX_VALUE;
  }

  WorkerFigures figures() {
    return new WorkerFigures(unclaimed, open, total, refused);
  }
}
