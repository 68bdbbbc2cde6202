package dev.baton.supervisor.openserver.service;

/**
 * What the open service has done since it started.
 *
 * @param clients connected now
 * @param accepted clients since the start
 * @param turnedAway clients that were closed at once, since a limit was reached
 * @param answered requests that a descriptor was sent for
 * @param refused requests that were refused, those included that were none
 */
public record ServiceFigures(
    int clients, long accepted, long turnedAway, long answered, long refused) {}
