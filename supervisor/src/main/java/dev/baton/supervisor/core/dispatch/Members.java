package dev.baton.supervisor.core.dispatch;

import java.util.Arrays;

/** The live workers of a pool, and which of them serve: the newest ready one of every slot. */
final class Members {
  private final Hands hands;
  private Member[] byIndex = {};
  private Member[] serving = {};
  private long nextSerial;
  private long shape = 1;

  Members(Hands hands) {
    this.hands = hands;
  }

  Member add(int slot, int weight, int maxConnections, int maxUnclaimed) {
    positive(weight, "weight");
    positive(maxConnections, "maxConnections");
    positive(maxUnclaimed, "maxUnclaimed");
    if (slot < 0) {
      throw new IllegalArgumentException("slot is " + slot + ", must not be negative");
    }
    int index = 0;
    while (index < byIndex.length && byIndex[index] != null) {
      index++;
    }
    if (index == byIndex.length) {
      byIndex = Arrays.copyOf(byIndex, index + 1);
    }
    byIndex[index] = new Member(index, nextSerial++, slot, weight, maxConnections, maxUnclaimed);
    return byIndex[index];
  }

  private static void positive(int value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " is " + value + ", must be above 0");
    }
  }

  /** Indexes ever used at the same time. */
  int size() {
    return byIndex.length;
  }

  /** The worker of that index, or null when it is free. */
  Member orNull(int index) {
    return byIndex[index];
  }

  Member get(int index) {
    if (index < 0 || index >= byIndex.length || byIndex[index] == null) {
      throw new IllegalArgumentException("there is no worker of index " + index);
    }
    return byIndex[index];
  }

  void change(Member member, Member.Phase phase) {
    member.phase(phase);
    select();
  }

  /** Kills it, unless that was done: from now on nothing goes to it, and nothing moves from it. */
  void condemn(Member member, Fault fault, long connection) {
    if (!member.condemned()) {
      change(member, Member.Phase.CONDEMNED);
      hands.kill(member.index, fault, connection);
    }
  }

  void remove(Member member) {
    byIndex[member.index] = null;
    select();
  }

  Member[] serving() {
    return serving;
  }

  /** See {@link Candidates#shape}. */
  long shape() {
    return shape;
  }

  boolean someHaveRoom() {
    for (Member member : serving) {
      if (member.hasRoom()) {
        return true;
      }
    }
    return false;
  }

  private void select() {
    Member[] before = serving;
    serving =
        Arrays.stream(byIndex)
            .filter(this::serves)
            .sorted((a, b) -> Integer.compare(a.slot, b.slot))
            .toArray(Member[]::new);
    boolean same = before.length == serving.length;
    for (int i = 0; same && i < before.length; i++) {
      same = before[i].slot == serving[i].slot && before[i].weight == serving[i].weight;
    }
    shape += same ? 0 : 1;
  }

  private boolean serves(Member member) {
    if (member == null || member.phase() != Member.Phase.READY) {
      return false;
    }
    for (Member other : byIndex) {
      if (other != null
          && other.slot == member.slot
          && other.phase() == Member.Phase.READY
          && other.serial > member.serial) {
        return false;
      }
    }
    return true;
  }
}
