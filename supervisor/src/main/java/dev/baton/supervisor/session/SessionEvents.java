package dev.baton.supervisor.session;

import dev.baton.supervisor.core.WorkerEvent;

/** Where a session reports what its worker did. Called on the loop's thread. */
public interface SessionEvents {
  /** Something that the core decides on. */
  void happened(WorkerEvent event);

  /** The worker's plugin describes its own state. */
  void status(String text);

  /** The worker has something for the operator. */
  void warning(String text);
}
