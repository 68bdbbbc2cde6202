package dev.baton.supervisor.admin;

import java.util.List;

/**
 * What a reload would do.
 *
 * @param changes in words and in order; empty when there is nothing to do
 */
public record DiffView(List<String> changes) {

  /** Copies the list. */
  public DiffView {
    changes = List.copyOf(changes);
  }
}
