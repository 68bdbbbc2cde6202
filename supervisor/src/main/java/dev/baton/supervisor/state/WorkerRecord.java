package dev.baton.supervisor.state;

/**
 * A worker that was welcomed, by which the next supervisor knows it again.
 *
 * @param worker {@code pool/slot#run}
 * @param generation of the pool
 * @param pid of its process
 * @param startTime of its process, as {@code proc(5)} tells it: a pid alone may be somebody else's
 *     by then
 * @param uid the user it runs as
 * @param secretHash SHA-256, in hexadecimal, of the secret of its welcome
 */
public record WorkerRecord(
    String worker, int generation, int pid, String startTime, int uid, String secretHash) {
  /** The same process under another id. */
  public WorkerRecord as(String id) {
    return new WorkerRecord(id, generation, pid, startTime, uid, secretHash);
  }
}
