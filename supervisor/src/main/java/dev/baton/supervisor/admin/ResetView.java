package dev.baton.supervisor.admin;

import java.util.List;

/**
 * What a reset did.
 *
 * @param pool whose slots
 * @param slots that waited or had failed, and are started now; ascending
 */
public record ResetView(String pool, List<Integer> slots) {

  /** Copies the list. */
  public ResetView {
    slots = List.copyOf(slots);
  }
}
