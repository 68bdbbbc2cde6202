package dev.baton.supervisor.core;

import java.util.List;

/** What comes of an event: the state after it and what is to be done. */
public record Step<S>(S state, List<Effect> effects) {
  public Step {
    effects = List.copyOf(effects);
  }
}
