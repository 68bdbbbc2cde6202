package dev.baton.supervisor.session;

import dev.baton.fd.FdBag;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToWorker;
import java.util.List;

/**
 * All that a worker gets after its hello.
 *
 * @param offered what the descriptors are, in order
 * @param fds the descriptors; they belong to whoever greets
 */
public record Greeting(ToWorker.Welcome welcome, List<Descriptor> offered, FdBag fds)
    implements AutoCloseable {
  @Override
  public void close() {
    fds.close();
  }
}
