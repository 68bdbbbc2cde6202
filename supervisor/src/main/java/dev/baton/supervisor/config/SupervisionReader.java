package dev.baton.supervisor.config;

import dev.baton.supervisor.core.Exit;
import dev.baton.supervisor.core.ExitSet;
import dev.baton.supervisor.core.RestartRules;
import dev.baton.supervisor.core.StartOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads what is done about workers that end or fail, of one pool after the other. */
final class SupervisionReader {

  private static final String EXIT =
      "an exit code from 0 to 255, or the name of a signal such as SIGTERM";

  /** Sooner, a pause of a garbage collector is a missed beat. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LONGEST_ORPHAN = Duration.ofDays(7);
  private static final int MOST_MISSED = 1000;

  private final Reading reading;
  private final Map<String, List<String>> after = new HashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();

  SupervisionReader(Reading reading) {
    this.reading = reading;
  }

  /**
   * The keys of one pool.
   *
   * @param before the pools that it comes after, each of which there is
   */
  SupervisionConfig read(String pool, Section section, List<String> before) {
    after.put(pool, before);
    lines.put(pool, section.line("after"));
    RestartRules.Policy policy =
        section
            .constant("restart", RestartRules.Policy.class)
            .orElse(SupervisionConfig.DEFAULTS.restart());
    boolean always = policy == RestartRules.Policy.ALWAYS;
    ExitSet usual = always ? ExitSet.NONE : SupervisionConfig.ORDERLY;
    return new SupervisionConfig(
        policy,
        section.has("expectedExits") ? exits(section, "expectedExits") : usual,
        exits(section, "permanentExits"),
        before,
        heartbeat(section.section("heartbeat")),
        section
            .duration("orphanTimeout", Duration.ZERO, LONGEST_ORPHAN)
            .orElse(SupervisionConfig.DEFAULT_ORPHAN_TIMEOUT),
        RecycleReader.read(section.section("recycle")));
  }

  private static HeartbeatConfig heartbeat(Section section) {
    HeartbeatConfig otherwise = HeartbeatConfig.DEFAULTS;
    HeartbeatConfig heartbeat =
        new HeartbeatConfig(
            section.duration("period", SHORTEST, LONGEST).orElse(otherwise.period()),
            section.integer("missed", 0, MOST_MISSED, otherwise.missed()),
            section
                .duration("dumpTimeout", Duration.ZERO, LONGEST)
                .orElse(otherwise.dumpTimeout()));
    section.finish();
    return heartbeat;
  }

  private ExitSet exits(Section section, String key) {
    Set<Integer> codes = new HashSet<>();
    Set<Integer> signals = new HashSet<>();
    for (Value value : section.values(key, Substitution.Scope.NOW, EXIT)) {
      Optional<Integer> code = Numbers.integer(value.text(), 0, 255);
      OptionalInt signal = Exit.signalNumber(value.text());
      if (code.isPresent()) {
        codes.add(code.get());
      } else if (signal.isPresent()) {
        signals.add(signal.getAsInt());
      } else {
        reading.refuse(value, EXIT);
      }
    }
    return new ExitSet(codes, signals);
  }

  /** Once all pools were read: none may wait for itself, by whatever way. */
  void checkOrder() {
    List<String> circle = new StartOrder(after).circle();
    if (!circle.isEmpty()) {
      String first = circle.get(0);
      String found = String.join(" after ", circle) + " after " + first;
      String allowed = "pools that do not wait for themselves";
      reading.problems().add(lines.get(first), "pools." + first + ".after", found, allowed);
    }
  }
}
