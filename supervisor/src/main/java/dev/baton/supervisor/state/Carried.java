package dev.baton.supervisor.state;

/**
 * A descriptor that stays open over the exec.
 *
 * @param name as a service manager would know it: {@code listener.web}, {@code file.audit}; of a
 *     socket that one has bound, the listener's own
 * @param fd its number
 */
public record Carried(String name, int fd) {}
