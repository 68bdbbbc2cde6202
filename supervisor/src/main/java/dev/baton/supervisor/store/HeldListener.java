package dev.baton.supervisor.store;

import dev.baton.supervisor.config.ListenerMode;

/**
 * What is known of a listener in the store. A snapshot: a repair can give it another socket.
 *
 * @param name the configured name
 * @param address where it is bound, with the real port, such as {@code tcp://127.0.0.1:34567},
 *     {@code tcp://[::]:80} or {@code unix:/run/x.sock}
 * @param mode how its connections reach workers
 * @param cookie SO_COOKIE of its socket, by which a copy of it can be recognized ({@code
 *     socket(7)})
 */
public record HeldListener(String name, String address, ListenerMode mode, long cookie) {}
