/** One worker's control channel: handshake, offers, heartbeats, and what it says. */
package dev.baton.supervisor.session;
