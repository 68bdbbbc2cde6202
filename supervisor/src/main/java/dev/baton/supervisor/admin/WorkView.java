package dev.baton.supervisor.admin;

/**
 * What a worker says that it has done since its start; as old as its last answer to a heartbeat.
 *
 * @param connections accepted by itself or taken over
 * @param requests that are over
 * @param failed those of them that did not go well
 * @param requestNanos how long all of them took together
 */
public record WorkView(long connections, long requests, long failed, long requestNanos) {}
