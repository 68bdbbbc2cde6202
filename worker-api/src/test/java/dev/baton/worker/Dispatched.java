package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.Descriptor.Purpose;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A ready worker with a dispatched listener "web" in custody, and clients of it. */
final class Dispatched implements AutoCloseable {
  /** Ends the worker when a test is over. */
  private static final long ORPHAN_MILLIS = 50;

  final OwnedFd listener;
  final InProcess worker;
  final SupervisorEnd supervisor;
  final Map<Long, Visitor> visitors = new HashMap<>();
  final Set<Long> claimed = new TreeSet<>();
  final Set<Long> refused = new TreeSet<>();
  final Set<Long> closed = new TreeSet<>();
  private final List<ToSupervisor> others = new ArrayList<>();

  /** Consumes {@code listener}. The plugin says when it is ready. */
  Dispatched(OwnedFd listener, Worker plugin) throws Exception {
    this.listener = listener;
    worker = new InProcess(plugin);
    supervisor = worker.supervisor;
    supervisor.welcome(Scripted.class.getName(), Map.of(), ORPHAN_MILLIS);
    supervisor.offer(1, List.of(offer()), listener);
    supervisor.start();
    until(ToSupervisor.Ready.class);
  }

  static Descriptor offer() {
    return new Descriptor(Kind.LISTENER, "web", Purpose.CUSTODY, "tcp://x", "dispatch", null);
  }

  /** A new client, handed over under that number. */
  Visitor handOff(long number) throws Exception {
    Visitor visitor = Visitor.of(listener);
    visitors.put(number, visitor);
    supervisor.handOff(number, "web", visitor.peer(), visitor.kept());
    return visitor;
  }

  void recall(Long... numbers) throws Exception {
    supervisor.send(new ToWorker.Recall(1, List.of(numbers)));
  }

  /** Reads messages until one of this type has come; sorts what they say of connections. */
  <M extends ToSupervisor> M until(Class<M> type) throws Exception {
    for (; ; ) {
      ToSupervisor next = supervisor.expect(ToSupervisor.class);
      if (next instanceof ToSupervisor.Claim claim) {
        once(claim.connections(), claimed);
      } else if (next instanceof ToSupervisor.Refuse refuse) {
        once(refuse.connections(), refused);
      } else if (next instanceof ToSupervisor.Closed end) {
        once(end.connections(), closed);
        if (!claimed.containsAll(end.connections())) {
          throw new AssertionError("closed before its claim: " + end);
        }
      } else {
        others.add(next);
      }
      if (type.isInstance(next)) {
        return type.cast(next);
      }
    }
  }

  /** Reads messages until all these were claimed. */
  void untilClaimed(Long... numbers) throws Exception {
    while (!claimed.containsAll(List.of(numbers))) {
      until(ToSupervisor.Claim.class);
    }
  }

  void untilClosed(Long... numbers) throws Exception {
    while (!closed.containsAll(List.of(numbers))) {
      until(ToSupervisor.Closed.class);
    }
  }

  /** What came meanwhile and is not about connections. */
  List<ToSupervisor> others() {
    return others;
  }

  private void once(List<Long> numbers, Set<Long> into) {
    for (Long number : numbers) {
      if (!into.add(number)) {
        throw new AssertionError(number + " twice");
      }
      if (claimed.contains(number) && refused.contains(number)) {
        throw new AssertionError(number + " claimed and refused");
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Visitor visitor : visitors.values()) {
      visitor.close();
    }
    worker.close();
    listener.close();
  }
}
