package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;

/**
 * A socket that somebody else has bound for us; whoever has this has the descriptor to close.
 *
 * @param name what it was called; may be empty
 */
public record PassedSocket(String name, OwnedFd fd) {}
