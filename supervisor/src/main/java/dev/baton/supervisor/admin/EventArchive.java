package dev.baton.supervisor.admin;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where more of the journal is than in memory. */
@FunctionalInterface
public interface EventArchive {
  /**
   * The entries since a time, oldest first.
   *
   * @return fails with {@link OperationRefused}
   */
  CompletionStage<List<EventView>> since(Instant time);
}
