package dev.baton.supervisor.session;

import dev.baton.protocol.Numbers;
import dev.baton.protocol.ToSupervisor;
import dev.baton.supervisor.core.WorkerEvent;

/** Where a session reports what its worker did. Called on the loop's thread. */
public interface SessionEvents {
  /** Something that the core decides on. */
  void happened(WorkerEvent event);

  /** The plugin has taken these connections over. */
  void claimed(Numbers connections);

  /** The worker does not take these connections. */
  void refused(Numbers connections);

  /** Connections that the worker had taken over are closed. */
  void closed(Numbers connections);

  /** The worker asks for a descriptor; to be answered when it is there, or refused. */
  void asked(ToSupervisor.Asking request);

  /** The worker's plugin describes its own state. */
  void status(String text);

  /** The worker has something for the operator. */
  void warning(String text);
}
