package dev.baton.supervisor.process;

import dev.baton.fd.OwnedFd;

/** A new child and our end of its control channel, both the receiver's to close. */
public record Spawned(Child child, OwnedFd channel) {}
