package dev.baton.supervisor.core.dispatch;

/** What is due for want of a claim, and when: recalls, and workers that did not answer one. */
final class Deadlines {
  private static final int BATCH = 256;

  private final DispatchSettings settings;
  private final Hands hands;
  private final Connections connections;
  private final Members members;
  private final long[] recall = new long[BATCH];

  Deadlines(DispatchSettings settings, Hands hands, Connections connections, Members members) {
    this.settings = settings;
    this.hands = hands;
    this.connections = connections;
    this.members = members;
  }

  void wake(long now) {
    for (int i = 0; i < members.size(); i++) {
      Member member = members.orNull(i);
      if (member != null) {
        member.awakeAt(now);
      }
    }
  }

  void expire(long now) {
    for (int i = 0; i < members.size(); i++) {
      Member member = members.orNull(i);
      if (member != null && !member.condemned()) {
        int oldest = connections.first(Connections.recalled(i));
        if (oldest != Connections.NONE && connections.deadline(oldest) <= now) {
          members.condemn(member, Fault.WEDGED, connections.number(oldest));
        } else {
          recall(member, now);
        }
      }
    }
  }

  private void recall(Member member, long now) {
    int chain = Connections.handed(member.index);
    int count = 0;
    for (int p = connections.first(chain);
        p != Connections.NONE && connections.deadline(p) <= now;
        p = connections.first(chain)) {
      recall[count++] = connections.number(p);
      member.recalled++;
      connections.move(p, Connections.recalled(member.index), now + settings.recallTimeout());
      if (count == BATCH) {
        hands.recall(member.index, recall, count);
        count = 0;
      }
    }
    if (count > 0) {
      hands.recall(member.index, recall, count);
    }
  }

  /** When {@link #wake} has something to do, or the end of time. */
  long nextWake() {
    long next = Long.MAX_VALUE;
    for (int i = 0; i < members.size(); i++) {
      Member member = members.orNull(i);
      if (member != null && !member.condemned()) {
        next = Math.min(next, member.restsUntil());
      }
    }
    return next;
  }

  /** When {@link #expire} has something to do, or the end of time. */
  long nextAnswer() {
    long next = Long.MAX_VALUE;
    for (int i = 0; i < members.size(); i++) {
      Member member = members.orNull(i);
      if (member != null && !member.condemned()) {
        next = Math.min(next, due(Connections.recalled(i)));
        next = Math.min(next, due(Connections.handed(i)));
      }
    }
    return next;
  }

  private long due(int chain) {
    int oldest = connections.first(chain);
    return oldest == Connections.NONE ? Long.MAX_VALUE : connections.deadline(oldest);
  }
}
