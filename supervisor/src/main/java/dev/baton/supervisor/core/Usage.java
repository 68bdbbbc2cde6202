package dev.baton.supervisor.core;

/**
 * What a worker has done and takes. 0 also where it is not known.
 *
 * @param connections that it has taken over or accepted since it was started
 * @param requests that its plugin has counted
 * @param memory bytes of its resident set
 */
public record Usage(long connections, long requests, long memory) {
  /** Nothing is known. */
  public static final Usage NONE = new Usage(0, 0, 0);
}
