package dev.baton.load;

/**
 * One request from the moment it was due until it is counted. Belongs to the generator's thread.
 */
final class Exchange {
  final long start;

  /** The connection that carries it; null while it waits for one. */
  Link link;

  boolean done;

  Exchange(long start) {
    this.start = start;
  }
}
