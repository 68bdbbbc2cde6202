package dev.baton.supervisor.runtime;

import dev.baton.supervisor.config.PoolConfig;

/**
 * How the workers of some generations of a pool are started and get their connections. A pool has
 * two of them while a reload rolls it.
 *
 * @param config by which they are started
 * @param connections of these workers
 * @param starts of these workers
 */
record PoolVersion(PoolConfig config, PoolConnections connections, Starts starts) {}
