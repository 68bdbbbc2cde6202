package dev.baton.supervisor.admin;

import java.util.List;
import java.util.OptionalLong;

/**
 * Why a slot is in its state and what happens next.
 *
 * @param pool its pool
 * @param slot its number
 * @param parts one for each of its workers, or one for the slot without
 */
public record SlotView(String pool, int slot, List<Part> parts) {

  /** Copies the list. */
  public SlotView {
    parts = List.copyOf(parts);
  }

  /**
   * One worker, or the slot without one.
   *
   * @param subject the worker id, or {@code pool/slot}
   * @param state in one word
   * @param sinceSeconds for how long; empty where nobody has noted it
   * @param why in sentences, the most important first
   * @param next what follows, in sentences
   */
  public record Part(
      String subject,
      String state,
      OptionalLong sinceSeconds,
      List<String> why,
      List<String> next) {

    /** Copies the lists. */
    public Part {
      why = List.copyOf(why);
      next = List.copyOf(next);
    }
  }
}
