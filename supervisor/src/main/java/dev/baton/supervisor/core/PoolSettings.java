package dev.baton.supervisor.core;

/**
 * What a pool's configuration says to the core. Times in nanoseconds.
 *
 * @param startTimeout from spawn to ready
 * @param drainTimeout for a drain
 * @param stopTimeout from stop to exit; TERM follows
 * @param termTimeout from TERM to exit; KILL follows
 * @param surge extra workers during a rollout; 0 stops the old one first
 * @param spares workers above the target that wait for a slot
 * @param backoff before which time no start follows an end
 * @param restarts whether one follows at all
 * @param heartbeat when a worker that serves is taken for hung
 */
public record PoolSettings(
    long startTimeout,
    long drainTimeout,
    long stopTimeout,
    long termTimeout,
    int surge,
    int spares,
    Backoff backoff,
    RestartRules restarts,
    HeartbeatRules heartbeat) {}
