/**
 * Pure decisions: what a pool, its slots and its workers do about an event. No I/O, no clock, no
 * thread, nothing but {@code java.base}; time comes in as nanoseconds since the supervisor's start.
 */
package dev.baton.supervisor.core;
