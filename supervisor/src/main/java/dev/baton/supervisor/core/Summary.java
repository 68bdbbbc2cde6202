package dev.baton.supervisor.core;

/** The states that an operator sees; only spares have the second. */
public enum Summary {
  STARTING,
  SPARE,
  SERVING,
  LEAVING,
  DOWN
}
