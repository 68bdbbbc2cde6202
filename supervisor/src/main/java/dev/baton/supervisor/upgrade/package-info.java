/**
 * How a supervisor becomes another program: same pid, same children, same sockets. The one before
 * has the other tried, writes down what it leaves, and calls {@code execve(2)}; the one after takes
 * it up, or has the one before back.
 */
package dev.baton.supervisor.upgrade;
