/**
 * Chapter 17 of APUE (Advanced Programming in the UNIX Environment) for a plugin's own use:
 * UNIX-domain sockets with names and without, connections that tell who is at the other end,
 * datagrams, and descriptors passed between processes.
 *
 * <p>Every socket here may be closed by any thread while others wait on it; they get a {@code
 * ClosedChannelException}. Waiting is a system call: it holds the carrier of a virtual thread, and
 * interrupts do not end it. Who needs either, or a selector, takes the socket as a {@code java.nio}
 * channel.
 */
package dev.baton.ipc;
