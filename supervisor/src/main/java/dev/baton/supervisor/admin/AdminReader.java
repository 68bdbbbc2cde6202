package dev.baton.supervisor.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads answers of the admin API. Unknown fields are ignored, so that a newer supervisor can be
 * asked; a missing one is an error that names it. Stateless.
 */
public final class AdminReader {

  private AdminReader() {}

  /**
   * One line of a restart's answer.
   *
   * @param progress a line of progress
   * @param verdict the end
   * @param error the end, if the rollout was refused late or lost
   */
  public record RolloutLine(
      Optional<String> progress, Optional<Verdict> verdict, Optional<ErrorView> error) {}

  /**
   * The answer to {@code GET /v1/status}.
   *
   * @throws IOException if it is not that
   */
  public static StatusView status(String json) throws IOException {
    JsonFields fields = new JsonFields(JsonTree.object(json), "");
    List<ListenerView> listeners = new ArrayList<>();
    for (JsonFields listener : fields.objects("listeners")) {
      listeners.add(listener(listener));
    }
    List<PoolView> pools = new ArrayList<>();
    for (JsonFields pool : fields.objects("pools")) {
      pools.add(pool(pool));
    }
    return new StatusView(
        fields.text("version"),
        fields.number("pid"),
        fields.number("uptimeSeconds"),
        fields.text("name"),
        fields.text("runtimeDir"),
        listeners,
        pools,
        fields.has("openService")
            ? Optional.of(openService(fields.object("openService")))
            : Optional.empty());
  }

  private static OpenServiceView openService(JsonFields service) throws IOException {
    return new OpenServiceView(
        service.text("address"),
        service.integer("clients"),
        service.number("accepted"),
        service.number("turnedAway"),
        service.number("answered"),
        service.number("refused"));
  }

  private static ListenerView listener(JsonFields listener) throws IOException {
    return new ListenerView(
        listener.text("name"),
        listener.text("address"),
        listener.text("mode"),
        listener.has("connections")
            ? Optional.of(traffic(listener.object("connections")))
            : Optional.empty());
  }

  private static ListenerTraffic traffic(JsonFields traffic) throws IOException {
    return new ListenerTraffic(
        traffic.number("accepted"),
        traffic.number("handedOff"),
        traffic.number("claimed"),
        traffic.number("redispatched"),
        traffic.number("waiting"),
        traffic.number("unclaimed"),
        traffic.number("open"),
        traffic.number("closed"),
        traffic.number("lost"),
        traffic.number("refused"),
        traffic.number("vanished"),
        traffic.number("acceptErrors"),
        traffic.number("claimNanos"));
  }

  private static Optional<WorkerTraffic> workerTraffic(JsonFields worker) throws IOException {
    if (!worker.has("connections")) {
      return Optional.empty();
    }
    JsonFields traffic = worker.object("connections");
    return Optional.of(
        new WorkerTraffic(
            traffic.number("open"), traffic.number("unclaimed"), traffic.number("total")));
  }

  private static Optional<WorkView> work(JsonFields worker) throws IOException {
    if (!worker.has("work")) {
      return Optional.empty();
    }
    JsonFields work = worker.object("work");
    return Optional.of(
        new WorkView(
            work.number("connections"),
            work.number("requests"),
            work.number("failed"),
            work.number("requestNanos")));
  }

  private static Optional<JvmView> jvm(JsonFields worker) throws IOException {
    if (!worker.has("jvm")) {
      return Optional.empty();
    }
    JsonFields jvm = worker.object("jvm");
    return Optional.of(
        new JvmView(
            jvm.number("heapUsed"),
            jvm.number("heapCommitted"),
            jvm.number("heapMax"),
            jvm.number("collections"),
            jvm.number("collectionMillis")));
  }

  private static Optional<RolloutView> rollout(JsonFields pool) throws IOException {
    if (!pool.has("rollout")) {
      return Optional.empty();
    }
    JsonFields rollout = pool.object("rollout");
    return Optional.of(
        new RolloutView(
            rollout.integer("from"),
            rollout.integer("to"),
            rollout.text("stage"),
            rollout.flag("paused"),
            rollout.text("text")));
  }

  private static PoolView pool(JsonFields pool) throws IOException {
    List<WorkerView> workers = new ArrayList<>();
    for (JsonFields worker : pool.objects("workers")) {
      workers.add(
          new WorkerView(
              worker.text("id"),
              worker.integer("slot"),
              worker.number("pid"),
              worker.integer("generation"),
              worker.text("state"),
              worker.number("uptimeSeconds"),
              worker.integer("restarts"),
              worker.text("phase"),
              worker.text("text"),
              workerTraffic(worker),
              work(worker),
              jvm(worker),
              EndJson.read(worker, "lastEnd")));
    }
    return new PoolView(
        pool.text("name"),
        pool.integer("generation"),
        pool.integer("target"),
        pool.text("state"),
        rollout(pool),
        workers);
  }

  /**
   * The answer to a scale.
   *
   * @throws IOException if it is not that
   */
  public static ScaleView scale(String json) throws IOException {
    JsonFields fields = new JsonFields(JsonTree.object(json), "");
    return new ScaleView(fields.text("pool"), fields.integer("before"), fields.integer("after"));
  }

  /**
   * The answer to a reset.
   *
   * @throws IOException if it is not that
   */
  public static ResetView reset(String json) throws IOException {
    JsonFields fields = new JsonFields(JsonTree.object(json), "");
    List<Integer> slots = new ArrayList<>();
    for (String slot : fields.texts("slots")) {
      try {
        slots.add(Integer.valueOf(slot));
      } catch (NumberFormatException e) {
        throw new IOException("the answer's slots have an element of another kind: " + slot, e);
      }
    }
    return new ResetView(fields.text("pool"), slots);
  }

  /**
   * The answer to {@code GET /v1/diff}.
   *
   * @throws IOException if it is not that
   */
  public static DiffView diff(String json) throws IOException {
    return new DiffView(new JsonFields(JsonTree.object(json), "").texts("changes"));
  }

  /**
   * The answer to {@code GET /v1/events}.
   *
   * @throws IOException if it is not that
   */
  public static List<EventView> events(String json) throws IOException {
    List<EventView> events = new ArrayList<>();
    for (JsonFields event : new JsonFields(JsonTree.object(json), "").objects("events")) {
      events.add(event(event));
    }
    return events;
  }

  /**
   * One entry of the journal by itself, as in a stream or a file.
   *
   * @throws IOException if it is not that
   */
  public static EventView event(String json) throws IOException {
    return event(new JsonFields(JsonTree.object(json), ""));
  }

  private static EventView event(JsonFields event) throws IOException {
    return new EventView(
        event.number("number"),
        event.text("time"),
        event.text("kind"),
        event.text("subject"),
        event.text("text"),
        EndJson.read(event, "end"));
  }

  /**
   * The answer to the reopening of the logs.
   *
   * @throws IOException if it is not that
   */
  public static ReopenView reopened(String json) throws IOException {
    JsonFields fields = new JsonFields(JsonTree.object(json), "");
    return new ReopenView(fields.integer("reopened"), fields.texts("problems"));
  }

  /**
   * An answer with a status of 400 or above.
   *
   * @throws IOException if it is not an error in JSON
   */
  public static ErrorView error(String json) throws IOException {
    return error(new JsonFields(JsonTree.object(json), "").object("error"));
  }

  private static ErrorView error(JsonFields error) throws IOException {
    return new ErrorView(error.integer("status"), error.text("code"), error.text("text"));
  }

  /**
   * One line of a restart's answer, without the line feed and not empty.
   *
   * @throws IOException if it is none of the three
   */
  public static RolloutLine rolloutLine(String json) throws IOException {
    JsonFields fields = new JsonFields(JsonTree.object(json), "");
    if (fields.has("progress")) {
      return new RolloutLine(
          Optional.of(fields.text("progress")), Optional.empty(), Optional.empty());
    }
    if (fields.has("error")) {
      return new RolloutLine(
          Optional.empty(), Optional.empty(), Optional.of(error(fields.object("error"))));
    }
    return new RolloutLine(
        Optional.empty(), Optional.of(verdict(fields.object("verdict"))), Optional.empty());
  }

  /** Reads what {@code /v1/upgraded} answers. */
  public static UpgradeView upgraded(String json) throws IOException {
    JsonFields fields = new JsonFields(JsonTree.object(json), "");
    return new UpgradeView(
        fields.integer("number"),
        fields.has("verdict") ? Optional.of(verdict(fields.object("verdict"))) : Optional.empty());
  }

  private static Verdict verdict(JsonFields fields) throws IOException {
    return new Verdict(
        fields.flag("done"),
        fields.text("text"),
        fields.integer("generation"),
        fields.texts("logTail"),
        EndJson.read(fields, "end"));
  }
}
