package dev.baton.supervisor.core.dispatch;

/**
 * Which worker gets a connection. One object per listener: some remember whose turn it is. Not for
 * use by several threads; a choice allocates nothing.
 */
public sealed interface Policy permits RoundRobin, LeastConnections, ClientHash {
  /**
   * Chooses one.
   *
   * @param candidates at least one
   * @param clientHash of the client's address, see {@link ClientHash#of(long, long)}
   * @return its index among the candidates
   */
  int choose(Candidates candidates, long clientHash);
}
