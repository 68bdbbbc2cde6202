/**
 * What the supervisor tells a service manager that started it, and the sockets that it gets from
 * it.
 */
package dev.baton.supervisor.systemd;
