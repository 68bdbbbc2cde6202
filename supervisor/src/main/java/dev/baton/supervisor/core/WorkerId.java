package dev.baton.supervisor.core;

/**
 * One run of one worker: {@code pool/slot#run}, unique on a runtime directory.
 *
 * @param pool the pool's name
 * @param slot its numbered place, which outlives the worker
 * @param run rises with every worker that takes the slot
 */
public record WorkerId(String pool, int slot, int run) {
  @Override
  public String toString() {
    return pool + "/" + slot + "#" + run;
  }
}
