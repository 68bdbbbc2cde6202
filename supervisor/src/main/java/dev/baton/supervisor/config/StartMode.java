package dev.baton.supervisor.config;

/** When the workers of a pool are started. */
public enum StartMode {
  /** With the supervisor, and they stay; {@code always} in the file. */
  ALWAYS,
  /** When a connection waits for them, until they were idle for long; {@code on-demand}. */
  ON_DEMAND
}
