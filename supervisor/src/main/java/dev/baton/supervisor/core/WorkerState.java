package dev.baton.supervisor.core;

/** Where a worker is in its life; {@code docs/architecture.md} draws the machine. */
public enum WorkerState {
  /** Spawned or about to be; nothing heard from it. */
  STARTING(Summary.STARTING),
  /** It has said hello; its plugin is being loaded or started. */
  HANDSHAKING(Summary.STARTING),
  /** Its plugin is loaded; it has no descriptors and waits for a slot. */
  SPARE(Summary.SPARE),
  /** It has said that it serves. */
  READY(Summary.SERVING),
  /** It takes no new work and finishes the old. */
  DRAINING(Summary.LEAVING),
  /** It was asked to exit, or is exiting by itself. */
  STOPPING(Summary.LEAVING),
  /** It served and does not answer any more; its JVM was asked for a thread dump. */
  HUNG(Summary.LEAVING),
  /** It is being ended by signals. */
  KILLING(Summary.LEAVING),
  /** Reaped. */
  EXITED(Summary.DOWN);

  private final Summary summary;

  WorkerState(Summary summary) {
    this.summary = summary;
  }

  /** What an operator sees. */
  public Summary summary() {
    return summary;
  }
}
