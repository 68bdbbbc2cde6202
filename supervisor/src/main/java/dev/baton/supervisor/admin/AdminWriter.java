package dev.baton.supervisor.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes answers: each is one line of JSON and ends with a line feed. Stateless. */
final class AdminWriter {

  private AdminWriter() {}

  /** Writes the members of the outermost object. */
  interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  static String status(StatusView view) {
    return line(
        json -> {
          json.writeStringField("version", view.version());
          json.writeNumberField("pid", view.pid());
          json.writeNumberField("uptimeSeconds", view.uptimeSeconds());
          json.writeStringField("name", view.name());
          json.writeStringField("runtimeDir", view.runtimeDir());
          json.writeArrayFieldStart("listeners");
          for (ListenerView listener : view.listeners()) {
            listener(json, listener);
          }
          json.writeEndArray();
          json.writeArrayFieldStart("pools");
          for (PoolView pool : view.pools()) {
            pool(json, pool);
          }
          json.writeEndArray();
          if (view.openService().isPresent()) {
            openService(json, view.openService().get());
          }
        });
  }

  private static void openService(JsonGenerator json, OpenServiceView service) throws IOException {
    json.writeObjectFieldStart("openService");
    json.writeStringField("address", service.address());
    json.writeNumberField("clients", service.clients());
    json.writeNumberField("accepted", service.accepted());
    json.writeNumberField("turnedAway", service.turnedAway());
    json.writeNumberField("answered", service.answered());
    json.writeNumberField("refused", service.refused());
    json.writeEndObject();
  }

  private static void listener(JsonGenerator json, ListenerView listener) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", listener.name());
    json.writeStringField("address", listener.address());
    json.writeStringField("mode", listener.mode());
    if (listener.traffic().isPresent()) {
      ListenerTraffic traffic = listener.traffic().get();
      json.writeObjectFieldStart("connections");
      json.writeNumberField("accepted", traffic.accepted());
      json.writeNumberField("handedOff", traffic.handedOff());
      json.writeNumberField("claimed", traffic.claimed());
      json.writeNumberField("redispatched", traffic.redispatched());
      json.writeNumberField("waiting", traffic.waiting());
      json.writeNumberField("unclaimed", traffic.unclaimed());
      json.writeNumberField("open", traffic.open());
      json.writeNumberField("closed", traffic.closed());
      json.writeNumberField("lost", traffic.lost());
      json.writeNumberField("refused", traffic.refused());
      json.writeNumberField("vanished", traffic.vanished());
      json.writeNumberField("acceptErrors", traffic.acceptErrors());
      json.writeNumberField("claimNanos", traffic.claimNanos());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void pool(JsonGenerator json, PoolView pool) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", pool.name());
    json.writeNumberField("generation", pool.generation());
    json.writeNumberField("target", pool.target());
    json.writeStringField("state", pool.state());
    if (pool.rollout().isPresent()) {
      RolloutView rollout = pool.rollout().get();
      json.writeObjectFieldStart("rollout");
      json.writeNumberField("from", rollout.from());
      json.writeNumberField("to", rollout.to());
      json.writeStringField("stage", rollout.stage());
      json.writeBooleanField("paused", rollout.paused());
      json.writeStringField("text", rollout.text());
      json.writeEndObject();
    }
    json.writeArrayFieldStart("workers");
    for (WorkerView worker : pool.workers()) {
      json.writeStartObject();
      json.writeStringField("id", worker.id());
      json.writeNumberField("slot", worker.slot());
      json.writeNumberField("pid", worker.pid());
      json.writeNumberField("generation", worker.generation());
      json.writeStringField("state", worker.state());
      json.writeNumberField("uptimeSeconds", worker.uptimeSeconds());
      json.writeNumberField("restarts", worker.restarts());
      json.writeStringField("phase", worker.phase());
      json.writeStringField("text", worker.text());
      if (worker.traffic().isPresent()) {
        json.writeObjectFieldStart("connections");
        json.writeNumberField("open", worker.traffic().get().open());
        json.writeNumberField("unclaimed", worker.traffic().get().unclaimed());
        json.writeNumberField("total", worker.traffic().get().total());
        json.writeEndObject();
      }
      if (worker.work().isPresent()) {
        WorkView work = worker.work().get();
        json.writeObjectFieldStart("work");
        json.writeNumberField("connections", work.connections());
        json.writeNumberField("requests", work.requests());
        json.writeNumberField("failed", work.failed());
        json.writeNumberField("requestNanos", work.requestNanos());
        json.writeEndObject();
      }
      if (worker.jvm().isPresent()) {
        jvm(json, worker.jvm().get());
      }
      if (worker.lastEnd().isPresent()) {
        EndJson.write(json, "lastEnd", worker.lastEnd().get());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void jvm(JsonGenerator json, JvmView jvm) throws IOException {
    json.writeObjectFieldStart("jvm");
    json.writeNumberField("heapUsed", jvm.heapUsed());
    json.writeNumberField("heapCommitted", jvm.heapCommitted());
    json.writeNumberField("heapMax", jvm.heapMax());
    json.writeNumberField("collections", jvm.collections());
    json.writeNumberField("collectionMillis", jvm.collectionMillis());
    json.writeEndObject();
  }

  static String events(List<EventView> events) {
    return line(
        json -> {
          json.writeArrayFieldStart("events");
          for (EventView event : events) {
            json.writeStartObject();
            members(json, event);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** One entry on a line. */
  static String event(EventView event) {
    return line(json -> members(json, event));
  }

  private static void members(JsonGenerator json, EventView event) throws IOException {
    json.writeNumberField("number", event.number());
    json.writeStringField("time", event.time());
    json.writeStringField("kind", event.kind());
    json.writeStringField("subject", event.subject());
    json.writeStringField("text", event.text());
    if (event.end().isPresent()) {
      EndJson.write(json, "end", event.end().get());
    }
  }

  static String version(StatusView view) {
    return line(
        json -> {
          json.writeStringField("version", view.version());
          json.writeNumberField("pid", view.pid());
        });
  }

  static String health(boolean well, List<String> why) {
    return line(
        json -> {
          json.writeBooleanField("ok", well);
          texts(json, "why", why);
        });
  }

  static String scale(ScaleView view) {
    return line(
        json -> {
          json.writeStringField("pool", view.pool());
          json.writeNumberField("before", view.before());
          json.writeNumberField("after", view.after());
        });
  }

  static String reset(ResetView view) {
    return line(
        json -> {
          json.writeStringField("pool", view.pool());
          json.writeArrayFieldStart("slots");
          for (int slot : view.slots()) {
            json.writeNumber(slot);
          }
          json.writeEndArray();
        });
  }

  static String diff(DiffView view) {
    return line(
        json -> {
          texts(json, "changes", view.changes());
        });
  }

  static String reopened(ReopenView view) {
    return line(
        json -> {
          json.writeNumberField("reopened", view.reopened());
          texts(json, "problems", view.problems());
        });
  }

  static String logLine(String time, String worker, String pool, String text) {
    return line(
        json -> {
          json.writeStringField("time", time);
          json.writeStringField("worker", worker);
          json.writeStringField("pool", pool);
          json.writeStringField("text", text);
        });
  }

  static String stopping() {
    return line(json -> json.writeBooleanField("stopping", true));
  }

  static String error(ErrorView view) {
    return line(
        json -> {
          json.writeObjectFieldStart("error");
          json.writeNumberField("status", view.status());
          json.writeStringField("code", view.code());
          json.writeStringField("text", view.text());
          json.writeEndObject();
        });
  }

  static String progress(String text) {
    return line(json -> json.writeStringField("progress", text));
  }

  static String verdict(Verdict verdict) {
    return line(json -> members(json, verdict));
  }

  static void members(JsonGenerator json, Verdict verdict) throws IOException {
    json.writeObjectFieldStart("verdict");
    json.writeBooleanField("done", verdict.done());
    json.writeStringField("text", verdict.text());
    json.writeNumberField("generation", verdict.generation());
    texts(json, "logTail", verdict.logTail());
    if (verdict.end().isPresent()) {
      EndJson.write(json, "end", verdict.end().get());
    }
    json.writeEndObject();
  }

  static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  static String line(Members members) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JsonTree.FACTORY.createGenerator(text)) {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return text.append('\n').toString();
  }
}
