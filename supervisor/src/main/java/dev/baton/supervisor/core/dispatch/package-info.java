/**
 * Pure decisions of the {@code dispatch} mode: which worker gets an accepted connection, when it is
 * asked back, and what becomes of it when its worker dies. No I/O, no clock, no thread, nothing but
 * {@code java.base}; time comes in as nanoseconds since the supervisor's start.
 */
package dev.baton.supervisor.core.dispatch;
