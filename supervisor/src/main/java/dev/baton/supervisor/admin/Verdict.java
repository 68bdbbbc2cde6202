package dev.baton.supervisor.admin;

import java.util.List;
import java.util.Optional;

/**
 * How a rollout ended.
 *
 * @param done false: it was rolled back, and the old generation serves on
 * @param text a summary; when rolled back, the reason
 * @param generation that serves now
 * @param logTail when rolled back, the failing worker's last log lines
 * @param end when rolled back, all that is known of the failing worker's end
 */
public record Verdict(
    boolean done, String text, int generation, List<String> logTail, Optional<EndView> end) {

  /** Copies the lines. */
  public Verdict {
    logTail = List.copyOf(logTail);
  }
}
