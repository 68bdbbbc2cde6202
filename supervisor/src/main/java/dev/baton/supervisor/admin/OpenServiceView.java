package dev.baton.supervisor.admin;

/**
 * What the open service has done since the supervisor started.
 *
 * @param address of its socket
 * @param clients connected now
 * @param accepted clients
 * @param turnedAway clients that were closed at once, since a limit was reached
 * @param answered requests that a descriptor was sent for
 * @param refused requests
 */
public record OpenServiceView(
    String address, int clients, long accepted, long turnedAway, long answered, long refused) {}
