package dev.baton.supervisor.admin;

/**
 * One listener.
 *
 * @param name as configured
 * @param address where it listens, with the port that the kernel chose
 * @param mode shared, reuseport or dispatch
 */
public record ListenerView(String name, String address, String mode) {}
