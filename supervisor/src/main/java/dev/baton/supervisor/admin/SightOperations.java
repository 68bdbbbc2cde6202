package dev.baton.supervisor.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** What operators can look into beyond the status. Threads as in {@link Operations}. */
public interface SightOperations {

  /**
   * Why a slot, or the place of a spare, is in its state and what happens next.
   *
   * @return fails with {@link OperationRefused} when there is no such slot
   */
  CompletionStage<SlotView> explain(String pool, int slot);

  /** Who holds which descriptor: the supervisor first, then every worker that has a process. */
  CompletionStage<List<FdHolderView>> descriptors();
}
