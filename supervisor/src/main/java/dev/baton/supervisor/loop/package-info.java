/**
 * A small reactor over {@code epoll(7)}: what the supervisor's own thread waits for, and the open
 * service's.
 */
package dev.baton.supervisor.loop;
