package dev.baton.supervisor.core;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One run of one worker: {@code pool/slot#run}, unique on a runtime directory.
 *
 * @param pool the pool's name
 * @param slot its numbered place, which outlives the worker; from {@link #FIRST_SPARE} for a spare
 * @param run rises with every worker that takes the slot
 */
public record WorkerId(String pool, int slot, int run) {
  /** Places from here on are those of spares; a pool has fewer slots than that. */
  public static final int FIRST_SPARE = 1000;

  private static final Pattern TEXT = Pattern.compile("([^/#]+)/(\\d{1,4})#(\\d{1,9})");

  /** Of its text; empty when that is none. */
  public static Optional<WorkerId> parse(String text) {
    Matcher m = TEXT.matcher(text);
    return m.matches()
        ? Optional.of(
            new WorkerId(m.group(1), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3))))
        : Optional.empty();
  }

  /** Whether it has no slot yet and waits for one. */
  public boolean spare() {
    return slot >= FIRST_SPARE;
  }

  /** Decides what is random about it, so that a run replays. */
  long salt() {
    return ((long) pool.hashCode() << 32) ^ ((long) slot << 20) ^ run;
  }

  @Override
  public String toString() {
    return pool + "/" + slot + "#" + run;
  }
}
