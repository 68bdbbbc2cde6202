package dev.baton.supervisor.config;

/**
 * What is kept of ended runs.
 *
 * @param keepPerSlot log files of earlier runs, per slot
 * @param keepEvidence evidence folders (heap dumps, crash files, thread dumps), per slot
 */
public record LogConfig(int keepPerSlot, int keepEvidence) {

  /** What a file without a {@code logs} section has. */
  public static final LogConfig DEFAULTS = new LogConfig(5, 3);
}
