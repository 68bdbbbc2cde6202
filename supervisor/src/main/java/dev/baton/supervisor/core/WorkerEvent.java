package dev.baton.supervisor.core;

/**
 * Something that happened to one worker, or that it is told to do.
 *
 * @param text why, for {@link Kind#SPAWN_FAILED}, {@link Kind#FAILED}, {@link Kind#VIOLATION} and
 *     {@link Kind#HUNG}
 * @param exit how it ended, for {@link Kind#REAPED}
 */
public record WorkerEvent(Kind kind, String text, Exit exit) {
  /** What can happen. */
  public enum Kind {
    /** The process runs. */
    SPAWNED,
    /** There is no process, and will be none. */
    SPAWN_FAILED,
    /** Its first message came. */
    HELLO,
    /** Its plugin is loaded, and waits for its start. */
    LOADED,
    /** It says that it serves. */
    READY,
    /** It says that its plugin failed; it exits by itself. */
    FAILED,
    /** It broke the protocol. */
    VIOLATION,
    /** It has finished its work. */
    DRAINED,
    /** Its end of the channel is closed. */
    CHANNEL_ENDED,
    /** It is dead, reaped, and its channel was read to the end. */
    REAPED,
    /** The deadline of its state has passed. */
    DEADLINE,
    /** It is to leave in order: drain if it serves, then exit. */
    RETIRE,
    /** It is to end at once. */
    KILL,
    /** It does not answer any more. */
    HUNG,
    /** It was a spare and has a slot now, and that slot's id already. */
    TAKEN
  }

  /** An event that needs no more words. */
  public static WorkerEvent of(Kind kind) {
    return new WorkerEvent(kind, "", null);
  }

  /** An event with its reason. */
  public static WorkerEvent of(Kind kind, String text) {
    return new WorkerEvent(kind, text, null);
  }

  /** The end. */
  public static WorkerEvent reaped(Exit exit) {
    return new WorkerEvent(Kind.REAPED, "", exit);
  }
}
