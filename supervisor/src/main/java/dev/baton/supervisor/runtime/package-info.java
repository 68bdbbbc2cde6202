/**
 * The loop: it waits for descriptors, deadlines and posted commands, routes events to the core, and
 * the core's effects to whoever handles them.
 */
package dev.baton.supervisor.runtime;
