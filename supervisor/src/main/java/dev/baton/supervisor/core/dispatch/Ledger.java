package dev.baton.supervisor.core.dispatch;

import java.util.ArrayList;
import java.util.List;

/**
 * The record of every connection of one pool, from accept to its end, and all decisions about it.
 *
 * <pre>
 *  accepted --> QUEUED ---- settle ---> HANDED ---- claimed ---> CLAIMED ---- closed ----> gone
 *                 ^                    |  |  |                      '-------- reaped ----> gone
 *                 |----- refused ------'  |  |
 *                 '- reaped, untouched ---'  '---- reaped, touched, or the client went --> gone
 * </pre>
 *
 * <p>A connection goes to another worker only when the one that has it refused it, or is reaped and
 * its channel was read to the end; so nobody is served twice. A worker that breaks the rules, or
 * does not answer a recall, is killed first: {@link Hands#kill}.
 *
 * <p>The one exception to the core's immutable state: some ten thousand connections a second pass
 * here, with at most 64 bytes allocated for each, so the state is arrays that change in place and
 * effects are calls of {@link Hands}. It is still pure in what matters: no I/O, no clock, no
 * thread; the same calls give the same effects. Not for several threads: one dispatch thread per
 * pool owns it.
 *
 * <p>Use: tell it what happened, in the order in which it happened, then {@link #settle} once. When
 * {@link #nextDeadline} has come, first tell it all that the channels hold, then {@link #expire},
 * then settle: after a stall of the supervisor itself, answers that wait unread must not count as
 * missing. Workers are known by a small index, from {@link #added} to {@link #reaped}. Time never
 * falls. Methods throw {@code IllegalArgumentException} or {@code IndexOutOfBoundsException} for a
 * worker, listener or number that the caller must not use; what a worker says wrongly never throws.
 */
public final class Ledger {
  /** Returned by {@link #nextDeadline} when nothing is due, ever. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Returned by {@link #place} and {@link #owner} for none. */
  public static final int NONE = -1;

  private final DispatchSettings settings;
  private final Hands hands;
  private final Gate gate;
  private final Connections connections = new Connections();
  private final Members members;
  private final Deadlines deadlines;
  private final Candidates candidates = new Candidates();
  private final List<Policy> policies = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();

  /** An empty one, which wants the pool's listeners accepted from. */
  public Ledger(DispatchSettings settings, Hands hands) {
    this.settings = settings;
    this.hands = hands;
    this.gate = new Gate(hands, settings.waitLimit());
    this.members = new Members(hands);
    this.deadlines = new Deadlines(settings, hands, connections, members);
  }

  /**
   * A listener of the pool.
   *
   * @param policy used for nothing else
   * @return its index, from 0
   */
  public int listener(Policy policy) {
    policies.add(policy);
    tallies.add(new Tally());
    return policies.size() - 1;
  }

  /**
   * A worker was started.
   *
   * @param slot its place in the pool; of several workers of a slot the newest ready one is chosen
   * @param weight of the slot, from 1
   * @param maxConnections how many it may have, claimed or not
   * @param maxUnclaimed how many of them it may have not claimed; when reached, it gets none until
   *     half of them are claimed or refused
   * @return its index; free again after {@link #reaped}
   */
  public int added(int slot, int weight, int maxConnections, int maxUnclaimed) {
    Member member = members.add(slot, weight, maxConnections, maxUnclaimed);
    connections.workers(members.size());
    return member.index;
  }

  /**
   * The worker has had this connection since before this ledger was made: it is open with it, as if
   * it had been accepted, handed over and claimed here. A number that is known ends the worker.
   */
  public void adopted(int worker, long connection, int listener) {
    Member member = members.get(worker);
    if (connections.find(connection) != NONE) {
      members.condemn(member, Fault.CLAIMED_UNSENT, connection);
      return;
    }
    int place = connections.add(connection, listener, 0);
    connections.move(place, Connections.open(worker), NEVER);
    member.open++;
    member.total++;
    Tally tally = tallies.get(listener);
    tally.accepted++;
    tally.handed++;
    tally.claimed++;
    tally.open++;
  }

  /** The worker has sent {@code ready}: it may be chosen. */
  public void ready(int worker) {
    Member member = members.get(worker);
    if (member.phase() == Member.Phase.STARTING) {
      members.change(member, Member.Phase.READY);
    }
  }

  /** The worker gets no more connections, and keeps what it has. */
  public void draining(int worker) {
    Member member = members.get(worker);
    if (!member.condemned()) {
      members.change(member, Member.Phase.DRAINING);
    }
  }

  /** The worker's channel, which was {@link Hands.Handed#FULL}, takes frames again. */
  public void writable(int worker) {
    members.get(worker).channelFull(false);
  }

  /**
   * The worker is dead, reaped, and its channel was read to the end; the ledger was told of all
   * claims in it. Its unclaimed connections are examined at once: the untouched ones are first in
   * the queue again, the others are closed. Its claimed ones have ended with it.
   */
  public void reaped(int worker) {
    Member member = members.get(worker);
    release(member, Connections.recalled(worker));
    release(member, Connections.handed(worker));
    int open = Connections.open(worker);
    for (int p = connections.first(open); p != NONE; p = connections.first(open)) {
      Tally tally = tally(p);
      tally.open--;
      tally.ended++;
      connections.remove(p);
    }
    members.remove(member);
  }

  private void release(Member member, int chain) {
    for (int p = connections.first(chain); p != NONE; p = connections.first(chain)) {
      Hands.Found found = hands.examine(connections.number(p));
      Tally tally = tally(p);
      tally.unclaimed--;
      switch (found) {
        case UNTOUCHED -> {
          tally.waiting++;
          connections.again(p, member.serial);
        }
        case TOUCHED -> {
          tally.closedTouched++;
          end(p);
        }
        case GONE -> {
          tally.vanished++;
          end(p);
        }
      }
    }
  }

  /** Our copy is closed while the number is still known, then nothing is known any more. */
  private void end(int place) {
    hands.closeOurCopy(connections.number(place));
    connections.remove(place);
  }

  /**
   * A connection was accepted. It is last in the queue, also when accepting should have paused:
   * nothing is ever turned away.
   *
   * @param connection its number, unique for the supervisor's life
   * @param clientHash see {@link ClientHash#of(long, long)}; any number with other policies
   * @return see {@link #place}
   */
  public int accepted(long connection, int listener, long clientHash) {
    Tally tally = tallies.get(listener);
    int place = connections.add(connection, listener, clientHash);
    tally.accepted++;
    tally.waiting++;
    return place;
  }

  /** The client of a waiting connection has gone: our copy is closed. Otherwise nothing happens. */
  public void gone(long connection) {
    int place = connections.find(connection);
    if (place != NONE && connections.isWaiting(place)) {
      vanish(place);
    }
  }

  private void vanish(int place) {
    Tally tally = tally(place);
    tally.waiting--;
    tally.vanished++;
    end(place);
  }

  /** The worker has taken the connection over: our copy is closed. */
  public void claimed(int worker, long connection, long now) {
    Member member = members.get(worker);
    int place = connections.find(connection);
    if (!connections.unclaimedBy(place, worker)) {
      boolean twice = connections.openWith(place, worker);
      members.condemn(member, twice ? Fault.CLAIMED_TWICE : Fault.CLAIMED_UNSENT, connection);
      return;
    }
    hands.closeOurCopy(connection);
    member.settledOne(connections.isRecalled(place));
    member.open++;
    member.total++;
    member.awake();
    Tally tally = tally(place);
    tally.unclaimed--;
    tally.open++;
    tally.claimed++;
    tally.claimNanos += now - connections.handedAt(place);
    connections.move(place, Connections.open(worker), NEVER);
  }

  /**
   * The worker did not and will not take the connection: it is first in the queue again. It goes
   * back to the same worker only if no other can take it. What a worker refuses after {@link
   * Hands#kill} counts no more; that is decided when it is reaped.
   */
  public void refused(int worker, long connection, long now) {
    Member member = members.get(worker);
    int place = connections.find(connection);
    if (!connections.unclaimedBy(place, worker)) {
      boolean claimed = connections.openWith(place, worker);
      members.condemn(member, claimed ? Fault.REFUSED_CLAIMED : Fault.REFUSED_UNSENT, connection);
      return;
    }
    if (member.condemned()) {
      return;
    }
    member.settledOne(connections.isRecalled(place));
    member.refused++;
    member.rest(now + settings.restAfterRefusal());
    Tally tally = tally(place);
    tally.unclaimed--;
    tally.waiting++;
    tally.refused++;
    connections.again(place, member.serial);
  }

  /** A connection that the worker had claimed is closed. */
  public void closed(int worker, long connection) {
    Member member = members.get(worker);
    int place = connections.find(connection);
    if (!connections.openWith(place, worker)) {
      members.condemn(member, Fault.CLOSED_UNCLAIMED, connection);
      return;
    }
    member.open--;
    member.awake();
    Tally tally = tally(place);
    tally.open--;
    tally.closed++;
    connections.remove(place);
  }

  /** Accept nothing more, or as usual again: for an upgrade, or when accept4(2) says EMFILE. */
  public void hold(boolean on) {
    gate.hold(on);
  }

  /**
   * What needs nobody's answer: a shortage is over, a worker that refused has rested. May be called
   * at any time, without having read the channels.
   */
  public void wake(long now) {
    gate.expire(now);
    deadlines.wake(now);
  }

  /**
   * Deadlines that have come: connections that must come back, workers that must be killed. Wakes,
   * too.
   */
  public void expire(long now) {
    wake(now);
    deadlines.expire(now);
  }

  /**
   * Hands over what waits, as far as workers can take it, and says whether to accept. After this,
   * either nothing waits or nobody can take anything.
   */
  public void settle(long now) {
    for (int p = connections.head(); p != NONE && !gate.scarce(); p = connections.head()) {
      Member member = choose(p);
      if (member == null) {
        break;
      }
      switch (hands.hand(connections.number(p), member.index)) {
        case SENT -> handed(p, member, now);
        case FULL -> member.channelFull(true);
        case SCARCE -> gate.scarce(now + settings.shortagePause());
        case GONE -> vanish(p);
      }
    }
    gate.update(members, connections.waiting());
  }

  private Member choose(int place) {
    long refuser = connections.refuser(place);
    Member last = null;
    candidates.clear(members.shape());
    for (Member member : members.serving()) {
      if (member.hasRoom()) {
        if (member.serial == refuser) {
          last = member;
        } else {
          candidates.add(member);
        }
      }
    }
    if (candidates.size() == 0) {
      return last;
    }
    Policy policy = policies.get(connections.listener(place));
    return candidates.member(policy.choose(candidates, connections.clientHash(place)));
  }

  private void handed(int place, Member member, long now) {
    Tally tally = tally(place);
    tally.handed++;
    tally.redispatched += connections.cameBack(place) ? 1 : 0;
    tally.waiting--;
    tally.unclaimed++;
    member.took();
    connections.hand(place, member.index, now, now + settings.recallAfter());
  }

  /** The number of the connection that is handed over next; {@link #NONE} when none waits. */
  public long nextWaiting() {
    int place = connections.head();
    return place == NONE ? NONE : connections.number(place);
  }

  /** The client's hash of a connection that is known. */
  public long clientHash(long connection) {
    return connections.clientHash(connections.find(connection));
  }

  /**
   * A waiting connection goes to another ledger, and is forgotten here as if it had never come. Our
   * copy is not closed.
   */
  public void moved(long connection) {
    int place = connections.find(connection);
    Tally tally = tally(place);
    tally.accepted--;
    tally.waiting--;
    connections.remove(place);
  }

  /** When {@link #expire} has something to do, or {@link #NEVER}. */
  public long nextDeadline() {
    return Math.min(nextWake(), nextAnswer());
  }

  /** When {@link #wake} has something to do, or {@link #NEVER}. */
  public long nextWake() {
    return Math.min(gate.scarceUntil(), deadlines.nextWake());
  }

  /** When an answer is due, so that {@link #expire} must be called, or {@link #NEVER}. */
  public long nextAnswer() {
    return deadlines.nextAnswer();
  }

  /** Whether the pool's listeners should be accepted from now, as last settled. */
  public boolean accepting() {
    return gate.accepting();
  }

  /** How many connections are without a worker. */
  public int waiting() {
    return connections.waiting();
  }

  /**
   * A small number that is the connection's alone while the ledger knows it, for arrays beside the
   * ledger, such as one of our copies; {@link #NONE} when it does not.
   */
  public int place(long connection) {
    return connections.find(connection);
  }

  /** The worker that has the connection, claimed or not; {@link #NONE} if none has it. */
  public int owner(long connection) {
    int place = connections.find(connection);
    return place == NONE ? NONE : connections.worker(place);
  }

  /** The counts of a listener. */
  public ListenerFigures listenerFigures(int listener) {
    return tallies.get(listener).figures();
  }

  /** The counts of a worker. */
  public WorkerFigures workerFigures(int worker) {
    return members.get(worker).figures();
  }

  private Tally tally(int place) {
    return tallies.get(connections.listener(place));
  }
}
