package dev.baton.supervisor.config;

/** The way in which a listener's connections or datagrams reach workers. */
public enum ListenerMode {
  /** The one socket is lent to every worker, which accepts or receives itself. */
  SHARED,
  /** One SO_REUSEPORT socket per slot; TCP and UDP only. */
  REUSEPORT,
  /** The supervisor accepts and hands each connection to a worker; TCP and UNIX streams only. */
  DISPATCH
}
