package dev.baton.supervisor.core.dispatch;

import java.util.Arrays;

/**
 * The workers that can take one more connection, at most one per slot, by rising slot number. One
 * object is filled anew for every choice, so that choosing allocates nothing.
 */
public final class Candidates {
  private int[] slot = new int[8];
  private int[] weight = new int[8];
  private int[] load = new int[8];
  private Member[] member = new Member[8];
  private int size;
  private long shape;

  Candidates() {}

  /** How many there are. */
  public int size() {
    return size;
  }

  /** The slot of a candidate. */
  public int slot(int i) {
    return slot[i];
  }

  /** The weight of its slot, from 1. */
  public int weight(int i) {
    return weight[i];
  }

  /** Its connections, claimed or not. */
  public int load(int i) {
    return load[i];
  }

  /**
   * Changes when a slot begins or ceases to be served or its weight changes; not when a slot's
   * worker is replaced, nor when one is full for a while.
   */
  public long shape() {
    return shape;
  }

  void clear(long newShape) {
    size = 0;
    shape = newShape;
  }

  void add(Member worker) {
    add(worker.slot, worker.weight, worker.load());
    member[size - 1] = worker;
  }

  Member member(int i) {
    return member[i];
  }

  void add(int itsSlot, int itsWeight, int itsLoad) {
    if (size == slot.length) {
      member = Arrays.copyOf(member, 2 * size);
      slot = Arrays.copyOf(slot, 2 * size);
      weight = Arrays.copyOf(weight, 2 * size);
      load = Arrays.copyOf(load, 2 * size);
    }
    slot[size] = itsSlot;
    weight[size] = itsWeight;
    load[size] = itsLoad;
    size++;
  }
}
