package dev.baton.samples.unruly;

import dev.baton.worker.WorkerContext;

/** The misdeeds of {@link UnrulyWorker} for other plugins, which choose the moment. */
public final class Unruly {
  private Unruly() {}

  /**
   * Does what the mode of this name says, on the thread of the caller; some never return.
   *
   * @throws IllegalArgumentException when there is no such mode, with those there are
   * @throws Exception what the misdeed led to
   */
  public static void misbehave(WorkerContext context, String mode) throws Exception {
    UnrulyWorker.Settings settings = new UnrulyWorker.Settings(mode, null, false, 0, 0, null);
    new Misdeeds(context, settings).commit(Mode.of(mode));
  }
}
