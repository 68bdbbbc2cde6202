package dev.baton.supervisor.dispatch;

import dev.baton.fd.OwnedFd;

/**
 * A connection that waits in one dispatcher, of which nobody serves any more, on its way to another
 * one. Owns the descriptor.
 *
 * @param number of the connection
 * @param listener that it came by
 * @param fd our copy, which is the only one
 * @param family AF_INET, AF_INET6 or AF_UNIX
 * @param peer the client's address in ASCII
 * @param clientHash of that address
 */
record Moved(long number, String listener, OwnedFd fd, int family, byte[] peer, long clientHash) {}
