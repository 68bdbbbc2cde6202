package dev.baton.supervisor.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** The end of a worker in JSON, both ways. Stateless. */
final class EndJson {
  private EndJson() {}

  static void write(JsonGenerator json, String name, EndView end) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("worker", end.worker());
    json.writeStringField("how", end.how());
    json.writeStringField("circumstances", end.circumstances());
    json.writeNumberField("exitCode", end.exitCode());
    json.writeStringField("signal", end.signal());
    json.writeBooleanField("coreDumped", end.coreDumped());
    json.writeStringField("outOfMemory", end.outOfMemory());
    json.writeStringField("doing", end.doing());
    json.writeBooleanField("told", end.told());
    json.writeNumberField("uptimeSeconds", end.uptimeSeconds());
    if (end.connections().isPresent()) {
      json.writeNumberField("connections", end.connections().getAsLong());
    }
    json.writeStringField("folder", end.folder());
    AdminWriter.texts(json, "left", end.left());
    AdminWriter.texts(json, "logTail", end.logTail());
    json.writeEndObject();
  }

  /** Empty where there is none of that name. */
  static Optional<EndView> read(JsonFields fields, String name) throws IOException {
    if (!fields.has(name)) {
      return Optional.empty();
    }
    JsonFields end = fields.object(name);
    return Optional.of(
        new EndView(
            end.text("worker"),
            end.text("how"),
            end.text("circumstances"),
            end.integer("exitCode"),
            end.text("signal"),
            end.flag("coreDumped"),
            end.text("outOfMemory"),
            end.text("doing"),
            end.flag("told"),
            end.number("uptimeSeconds"),
            end.has("connections")
                ? OptionalLong.of(end.number("connections"))
                : OptionalLong.empty(),
            end.text("folder"),
            end.texts("left"),
            end.texts("logTail")));
  }
}
