package dev.baton.worker;

import java.time.Duration;

/** One drain: how long it may take, and where to say that it is over. Thread-safe. */
public interface Drain {
  /** What is left until the deadline; zero when it has passed. */
  Duration remaining();

  /**
   * Nothing is in work any more, but for what connections do that were handed over or that a {@link
   * ConnectionHandler} was given: those are waited for besides. Once; further calls do nothing.
   */
  void done();
}
