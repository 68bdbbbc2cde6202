package dev.baton.supervisor.config;

/**
 * The supervisor's own log, and what is kept of ended runs.
 *
 * @param keepPerSlot log files of earlier runs, per slot
 * @param keepEvidence evidence folders (heap dumps, crash files, thread dumps), per slot
 * @param supervisor how the supervisor's own log looks
 */
public record LogConfig(int keepPerSlot, int keepEvidence, Format supervisor) {

  /** Forms of a log. */
  public enum Format {
    /** Lines for people. */
    TEXT,
    /** A JSON object a line. */
    JSON
  }

  /** What a file without a {@code logs} section has. */
  public static final LogConfig DEFAULTS = new LogConfig(5, 3, Format.TEXT);
}
