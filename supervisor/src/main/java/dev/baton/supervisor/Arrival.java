package dev.baton.supervisor;

import dev.baton.supervisor.admin.UpgradeView;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.cli.BatonVersion;
import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.upgrade.Takeover;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How this program came to be the supervisor, for who has asked the one before. */
final class Arrival {
  private Arrival() {}

  /**
   * The verdict of an upgrade, or none where this process was never another program.
   *
   * @param adopted how many workers have come
   */
  static UpgradeView of(Takeover takeover, int adopted) {
    if (!takeover.begun()) {
      return UpgradeView.NONE;
    }
    Optional<String> failure = takeover.failure();
    String text =
        failure.isPresent()
            ? "not upgraded, the program before is back: " + failure.get()
            : "upgraded from %s to %s, %d workers adopted, %d ms"
                .formatted(
                    takeover.version(),
                    BatonVersion.current(),
                    adopted,
                    TimeUnit.NANOSECONDS.toMillis(takeover.ageNanos()));
    return new UpgradeView(
        takeover.number(),
        Optional.of(new Verdict(failure.isEmpty(), text, 0, List.of(), Optional.empty())));
  }

  /** Writes it into the journal. */
  static void note(UpgradeView how, Journal journal) {
    how.verdict()
        .ifPresent(
            verdict -> {
              if (verdict.done()) {
                journal.info("supervisor", verdict.text());
              } else {
                journal.warn("supervisor", verdict.text());
              }
            });
  }
}
