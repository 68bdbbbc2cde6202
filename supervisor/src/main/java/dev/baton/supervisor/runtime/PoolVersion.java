package dev.baton.supervisor.runtime;

/**
 * How the workers of some generations of a pool are started and get their connections. A pool has
 * two of them while a reload rolls it.
 *
 * @param connections of these workers
 * @param starts of these workers
 */
record PoolVersion(PoolConnections connections, Starts starts) {}
