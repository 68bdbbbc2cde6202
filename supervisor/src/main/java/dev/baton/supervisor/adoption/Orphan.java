package dev.baton.supervisor.adoption;

import dev.baton.channel.MessageChannel;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ToSupervisor;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.state.WorkerRecord;

/**
 * A worker that has shown who it is. Owns all of its descriptors until they are taken.
 *
 * @param id who it is
 * @param record what was written down of it
 * @param said its {@code rejoin}
 * @param channel the control channel from now on; nothing was answered yet
 * @param brought the descriptors of {@code said.fds()}, in that order
 * @param pidfd its process
 * @param ageNanos how long its process has run
 */
public record Orphan(
    WorkerId id,
    WorkerRecord record,
    ToSupervisor.Rejoin said,
    MessageChannel<ToSupervisor> channel,
    FdBag brought,
    OwnedFd pidfd,
    long ageNanos)
    implements AutoCloseable {
  @Override
  public void close() {
    brought.close();
    channel.close();
    pidfd.close();
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
