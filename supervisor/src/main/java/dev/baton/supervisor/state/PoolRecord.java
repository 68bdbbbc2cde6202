package dev.baton.supervisor.state;

/**
 * What of a pool is not in the configuration.
 *
 * @param pool its name
 * @param configured how many workers were configured
 * @param target how many there should be
 * @param generation the one that serves
 * @param lastGeneration the highest that was ever tried
 */
public record PoolRecord(
    String pool, int configured, int target, int generation, int lastGeneration) {}
