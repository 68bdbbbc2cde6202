package dev.baton.supervisor.process;

import dev.baton.fd.OwnedFd;
import java.util.Optional;

/**
 * A new child and our end of its control channel, both the receiver's to close.
 *
 * @param quiet where it was started quietly, which ends with its start
 */
public record Spawned(Child child, OwnedFd channel, Optional<QuietProcess> quiet) {
  /** Started as usual. */
  public Spawned(Child child, OwnedFd channel) {
    this(child, channel, Optional.empty());
  }

  /** The same, started quietly. */
  public Spawned with(QuietProcess process) {
    return new Spawned(child, channel, Optional.of(process));
  }
}
