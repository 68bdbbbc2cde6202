package dev.baton.supervisor.admin;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a rollout is to go.
 *
 * @param surge workers above the target; empty: as configured
 * @param canary how many slots are moved first and judged; 0 for none
 * @param hold for how long they are judged
 * @param pauseAfterCanary whether the others wait then until the operator says so
 */
public record RolloutRequest(
    OptionalInt surge, int canary, Duration hold, boolean pauseAfterCanary) {

  /** How long a canary is judged where nothing else is asked for. */
  public static final Duration DEFAULT_HOLD = Duration.ofSeconds(30);

  static final List<String> KEYS = List.of("surge", "canary", "hold", "pauseAfterCanary");

  /** One after the other, as configured. */
  public static final RolloutRequest PLAIN =
      new RolloutRequest(OptionalInt.empty(), 0, DEFAULT_HOLD, false);

  /** Whether there is a canary; a hold or a pause without one means one of one slot. */
  static RolloutRequest of(RequestBody body, int target) {
    boolean pause = body.flag("pauseAfterCanary");
    OptionalInt canary = body.count("canary");
    boolean implied = canary.isEmpty() && (pause || body.has("hold"));
    return new RolloutRequest(
        body.part("surge", target),
        implied ? 1 : canary.orElse(0),
        body.duration("hold", DEFAULT_HOLD),
        pause);
  }
}
