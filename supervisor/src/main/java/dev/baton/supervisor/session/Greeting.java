package dev.baton.supervisor.session;

import dev.baton.fd.FdBag;
import dev.baton.protocol.Descriptor;
import java.util.List;

/**
 * All that a worker gets with its start.
 *
 * @param worker its id from now on: a spare's was another
 * @param generation of the pool
 * @param offered what the descriptors are, in order
 * @param fds the descriptors; they belong to whoever greets
 */
public record Greeting(String worker, int generation, List<Descriptor> offered, FdBag fds)
    implements AutoCloseable {
  @Override
  public void close() {
    fds.close();
  }
}
