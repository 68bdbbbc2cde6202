package dev.baton.supervisor.config;

/** The way in which a listener's connections reach workers. */
public enum ListenerMode {
  /** The one listening socket is lent to every worker, which accepts itself. */
  SHARED,
  /** One SO_REUSEPORT socket per slot. The checker does not admit it in this version. */
  REUSEPORT,
  /** The supervisor accepts and hands off. The checker does not admit it in this version. */
  DISPATCH
}
