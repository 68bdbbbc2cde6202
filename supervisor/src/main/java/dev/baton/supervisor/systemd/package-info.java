/** What the supervisor tells a service manager that started it. Knows the sockets of ipc alone. */
package dev.baton.supervisor.systemd;
