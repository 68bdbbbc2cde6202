package dev.baton.worker;

import java.time.Duration;

/** One drain: how long it may take, and where to say that it is over. Thread-safe. */
public interface Drain {
  /** What is left until the deadline; zero when it has passed. */
  Duration remaining();

  /** Nothing is in work any more. Once; further calls do nothing. */
  void done();
}
