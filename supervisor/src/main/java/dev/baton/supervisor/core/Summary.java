package dev.baton.supervisor.core;

/** The four states that an operator sees. */
public enum Summary {
  STARTING,
  SERVING,
  LEAVING,
  DOWN
}
