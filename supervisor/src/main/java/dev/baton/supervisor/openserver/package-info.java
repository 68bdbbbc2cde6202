/**
 * The open server (APUE 17.5 and 17.6): opens files, connects and binds for others, as a policy
 * allows, and hands over the descriptor. Every decision is a line of the audit log.
 */
package dev.baton.supervisor.openserver;
