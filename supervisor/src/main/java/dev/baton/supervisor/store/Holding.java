package dev.baton.supervisor.store;

import dev.baton.protocol.Descriptor.Kind;

/**
 * One descriptor that the store holds.
 *
 * @param kind listener or file
 * @param name as configured
 * @param detail which of several sockets it is, such as {@code slot 1}; else empty
 * @param inode by which copies of it are recognized
 * @param since when it was bound or opened, as {@link System#nanoTime} tells it
 */
public record Holding(Kind kind, String name, String detail, Inode inode, long since) {}
