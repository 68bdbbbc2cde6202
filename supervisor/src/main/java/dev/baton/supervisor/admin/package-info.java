/**
 * The admin API: what operators ask of a running supervisor, over HTTP on the admin socket.
 *
 * <p>{@link dev.baton.supervisor.admin.Operations} is what the supervisor offers, as plain records;
 * {@link dev.baton.supervisor.admin.AdminServer} serves it (Vert.x, one event loop), and {@link
 * dev.baton.supervisor.admin.AdminReader} reads its answers for the commands, without Vert.x.
 * {@code docs/admin-api.md} specifies paths and answers.
 *
 * <p>Who may connect: the supervisor's own user and root. The socket file is 0600 from its first
 * moment, and the peer's uid is asked of the kernel for every connection (SO_PEERCRED, unix(7);
 * APUE 17.3).
 */
package dev.baton.supervisor.admin;
