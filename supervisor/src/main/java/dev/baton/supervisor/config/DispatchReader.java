package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the {@code dispatch} section of a pool. */
final class DispatchReader {

  static final int MOST_CONNECTIONS = 1_000_000;

  /** A recall names them all, and a message of the control channel holds no more. */
  static final int MOST_UNCLAIMED = 4096;

  /** Claims are batched for a few milliseconds; sooner, what was claimed would be recalled. */
  private static final Duration SHORTEST = Duration.ofMillis(20);

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final String WEIGHT = "a whole number from 1 to " + DispatchConfig.MAX_WEIGHT;

  private final Reading reading;

  DispatchReader(Reading reading) {
    this.reading = reading;
  }

  DispatchConfig read(Section section) {
    DispatchConfig otherwise = DispatchConfig.DEFAULTS;
    DispatchConfig dispatch =
        new DispatchConfig(
            section.integer("maxConnections", 1, MOST_CONNECTIONS, otherwise.maxConnections()),
            section.integer("maxUnclaimed", 1, MOST_UNCLAIMED, otherwise.maxUnclaimed()),
            section.duration("recallAfter", SHORTEST, LONGEST).orElse(otherwise.recallAfter()),
            section.duration("recallTimeout", SHORTEST, LONGEST).orElse(otherwise.recallTimeout()),
            weights(section));
    section.finish();
    return dispatch;
  }

  private List<Integer> weights(Section section) {
    List<Value> written = section.values("weights", Substitution.Scope.NOW, WEIGHT);
    if (written.size() > PoolReader.MOST_WORKERS) {
      String allowed = "at most " + PoolReader.MOST_WORKERS;
      String found = written.size() + " of them";
      reading.problems().add(section.line("weights"), section.path("weights"), found, allowed);
    }
    List<Integer> weights = new ArrayList<>();
    for (Value value : written) {
      Optional<Integer> weight = Numbers.integer(value.text(), 1, DispatchConfig.MAX_WEIGHT);
      weight.ifPresentOrElse(weights::add, () -> reading.refuse(value, WEIGHT));
    }
    return weights;
  }
}
