/**
 * What the supervisor tells a service manager that started it, the sockets that it gets from it,
 * and those that it leaves with it.
 */
package dev.baton.supervisor.systemd;
