package dev.baton.supervisor.metrics;

import dev.baton.supervisor.admin.JvmView;
import dev.baton.supervisor.admin.ListenerTraffic;
import dev.baton.supervisor.admin.ListenerView;
import dev.baton.supervisor.admin.OpenServiceView;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkView;
import dev.baton.supervisor.admin.WorkerView;
import dev.baton.supervisor.core.PoolState;
import dev.baton.supervisor.core.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** The figures that are in a state, and those of its processes. One state, one thread. */
final class StatusSamples {
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  private final List<Sample> samples = new ArrayList<>();
  private final LongFunction<Optional<ProcessFigures>> processes;

  private StatusSamples(LongFunction<Optional<ProcessFigures>> processes) {
    this.processes = processes;
  }

  /**
   * All of a state.
   *
   * @param processes what is known of a process, by its pid
   */
  static List<Sample> of(StatusView status, LongFunction<Optional<ProcessFigures>> processes) {
    StatusSamples all = new StatusSamples(processes);
    all.instance(status);
    status.listeners().forEach(all::listener);
    status.pools().forEach(all::pool);
    status.openService().ifPresent(all::openService);
    return all.samples;
  }

  private void gauge(String name, String help, double value, String... labels) {
    samples.add(Sample.gauge("baton." + name, "", help, value, labels));
  }

  private void counter(String name, String help, double value, String... labels) {
    samples.add(Sample.counter("baton." + name, "", help, value, labels));
  }

  private void instance(StatusView status) {
    gauge(
        "instance",
        "Which Baton this is; always 1.",
        1,
        "version",
        status.version(),
        "name",
        status.name());
    process("supervisor", "the supervisor", status.pid(), status.uptimeSeconds());
  }

  private void process(String who, String words, long pid, long uptime, String... labels) {
    String prefix = "baton." + who;
    samples.add(
        Sample.gauge(prefix + ".uptime", "seconds", "Since the start of " + words, uptime, labels));
    processes
        .apply(pid)
        .ifPresent(
            p -> {
              samples.add(
                  Sample.counter(
                      prefix + ".cpu",
                      "seconds",
                      "Processor time of " + words,
                      p.cpuSeconds(),
                      labels));
              samples.add(
                  Sample.gauge(
                      prefix + ".resident.memory",
                      "bytes",
                      "Resident set of " + words,
                      p.residentBytes(),
                      labels));
              samples.add(
                  Sample.gauge(
                      prefix + ".threads", "", "Threads of " + words, p.threads(), labels));
              p.descriptors()
                  .ifPresent(
                      n ->
                          samples.add(
                              Sample.gauge(
                                  prefix + ".open.fds",
                                  "",
                                  "Open descriptors of " + words,
                                  n,
                                  labels)));
            });
  }

  private void listener(ListenerView listener) {
    String[] labels = {"listener", listener.name()};
    gauge(
        "listener.address",
        "Where a listener is and how it is served; always 1.",
        1,
        "listener",
        listener.name(),
        "address",
        listener.address(),
        "mode",
        listener.mode());
    listener.traffic().ifPresent(t -> traffic(t, labels));
  }

  private void traffic(ListenerTraffic t, String... labels) {
    counter("listener.accepted", "Connections out of the kernel's queue.", t.accepted(), labels);
    counter("listener.handed.off", "Hand-offs to workers, each counted.", t.handedOff(), labels);
    counter("listener.claimed", "Connections that a plugin took over.", t.claimed(), labels);
    counter(
        "listener.redispatched",
        "Hand-offs of a connection that had been with another worker before.",
        t.redispatched(),
        labels);
    counter("listener.closed", "Connections that their worker closed.", t.closed(), labels);
    counter("listener.lost", "Connections lost with a worker that died.", t.lost(), labels);
    counter("listener.refused", "Connections that a worker gave back.", t.refused(), labels);
    counter("listener.vanished", "Clients gone before they were served.", t.vanished(), labels);
    counter("listener.accept.errors", "Failed accepts.", t.acceptErrors(), labels);
    samples.add(
        Sample.counter(
            "baton.listener.claim",
            "seconds",
            "From the hand-off to the news of the claim, of all claimed ones together.",
            t.claimNanos() / NANOS,
            labels));
    gauge("listener.waiting", "Connections without a worker now.", t.waiting(), labels);
    gauge("listener.unclaimed", "Connections not yet claimed now.", t.unclaimed(), labels);
    gauge("listener.open", "Claimed connections that are open now.", t.open(), labels);
  }

  private void pool(PoolView pool) {
    String[] labels = {"pool", pool.name()};
    gauge("pool.target", "Workers that are wanted.", pool.target(), labels);
    gauge("pool.generation", "The generation that serves.", pool.generation(), labels);
    for (Summary summary : Summary.values()) {
      String state = word(summary);
      long count = pool.workers().stream().filter(w -> w.state().equals(state)).count();
      gauge("pool.workers", "Workers by state.", count, "pool", pool.name(), "state", state);
    }
    for (PoolState one : PoolState.values()) {
      String state = word(one);
      int is = pool.state().equals(state) ? 1 : 0;
      gauge("pool.state", "1 for the state it is in.", is, "pool", pool.name(), "state", state);
    }
    Map<Integer, Integer> restarts = new TreeMap<>();
    pool.workers().forEach(w -> restarts.merge(w.slot(), w.restarts(), Math::max));
    restarts.forEach(
        (slot, count) ->
            counter(
                "slot.restarts",
                "Ends of workers that were not told to leave.",
                count,
                "pool",
                pool.name(),
                "slot",
                String.valueOf(slot)));
    pool.workers().stream().filter(w -> w.pid() > 0).forEach(w -> worker(pool.name(), w));
  }

  private static String word(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private void worker(String pool, WorkerView w) {
    String[] labels = {
      "pool", pool, "slot", String.valueOf(w.slot()), "worker", w.id(),
    };
    process("worker", "a worker", w.pid(), w.uptimeSeconds(), labels);
    gauge("worker.generation", "The generation of a worker.", w.generation(), labels);
    w.traffic()
        .ifPresent(
            t -> {
              gauge("worker.open", "Claimed connections that are open now.", t.open(), labels);
              gauge("worker.unclaimed", "Connections not yet claimed.", t.unclaimed(), labels);
              counter("worker.claimed", "Connections it took over.", t.total(), labels);
            });
    w.work().ifPresent(work -> work(work, labels));
    w.jvm().ifPresent(jvm -> jvm(jvm, labels));
  }

  private void work(WorkView work, String... labels) {
    counter(
        "worker.connections",
        "Connections it accepted or took over, as it says.",
        work.connections(),
        labels);
    counter("worker.requests", "Requests that are over, as it says.", work.requests(), labels);
    counter(
        "worker.failed.requests", "Those that did not go well, as it says.", work.failed(), labels);
    samples.add(
        Sample.counter(
            "baton.worker.request",
            "seconds",
            "How long its requests took together, as it says.",
            work.requestNanos() / NANOS,
            labels));
  }

  private void jvm(JvmView jvm, String... labels) {
    jvmBytes("heap.used", "Heap in use, garbage included, as it says.", jvm.heapUsed(), labels);
    jvmBytes(
        "heap.committed", "Heap that the kernel gave it, as it says.", jvm.heapCommitted(), labels);
    jvmBytes("heap.max", "Heap that it may have, as it says.", jvm.heapMax(), labels);
    counter("worker.jvm.collections", "Of garbage, as it says.", jvm.collections(), labels);
    samples.add(
        Sample.counter(
            "baton.worker.jvm.collection",
            "seconds",
            "Spent in collections of garbage, as it says.",
            jvm.collectionMillis() / MILLIS,
            labels));
  }

  private void jvmBytes(String name, String help, double value, String... labels) {
    samples.add(Sample.gauge("baton.worker.jvm." + name, "bytes", help, value, labels));
  }

  private void openService(OpenServiceView service) {
    gauge("open.service.clients", "Connected now.", service.clients());
    counter("open.service.accepted", "Clients accepted.", service.accepted());
    counter("open.service.turned.away", "Clients turned away.", service.turnedAway());
    counter("open.service.answered", "Requests granted.", service.answered());
    counter("open.service.refused", "Requests refused.", service.refused());
  }
}
