package dev.baton.supervisor.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The answers about descriptors and slots, both ways. Stateless. */
public final class SightJson {
  private SightJson() {}

  static String slot(SlotView view) {
    return AdminWriter.line(
        json -> {
          json.writeStringField("pool", view.pool());
          json.writeNumberField("slot", view.slot());
          json.writeArrayFieldStart("parts");
          for (SlotView.Part part : view.parts()) {
            json.writeStartObject();
            json.writeStringField("subject", part.subject());
            json.writeStringField("state", part.state());
            since(json, part.sinceSeconds());
            AdminWriter.texts(json, "why", part.why());
            AdminWriter.texts(json, "next", part.next());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void since(JsonGenerator json, OptionalLong seconds) throws IOException {
    if (seconds.isPresent()) {
      json.writeNumberField("sinceSeconds", seconds.getAsLong());
    }
  }

  static String holders(List<FdHolderView> holders) {
    return AdminWriter.line(
        json -> {
          json.writeArrayFieldStart("holders");
          for (FdHolderView holder : holders) {
            json.writeStartObject();
            holder(json, holder);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void holder(JsonGenerator json, FdHolderView holder) throws IOException {
    json.writeStringField("owner", holder.owner());
    json.writeNumberField("pid", holder.pid());
    json.writeNumberField("generation", holder.generation());
    json.writeStringField("state", holder.state());
    json.writeStringField("unseen", holder.unseen());
    if (holder.traffic().isPresent()) {
      WorkerTraffic traffic = holder.traffic().get();
      json.writeObjectFieldStart("connections");
      json.writeNumberField("open", traffic.open());
      json.writeNumberField("unclaimed", traffic.unclaimed());
      json.writeNumberField("total", traffic.total());
      json.writeEndObject();
    }
    json.writeArrayFieldStart("fds");
    for (FdView fd : holder.fds()) {
      json.writeStartObject();
      json.writeNumberField("number", fd.number());
      json.writeStringField("kind", fd.kind());
      json.writeStringField("name", fd.name());
      json.writeStringField("held", fd.held());
      since(json, fd.sinceSeconds());
      json.writeBooleanField("stray", fd.stray());
      json.writeStringField("note", fd.note());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("others");
    for (Map.Entry<String, Integer> other : holder.others().entrySet()) {
      json.writeNumberField(other.getKey(), other.getValue());
    }
    json.writeEndObject();
  }

  /**
   * The answer to {@code GET /v1/pools/POOL/slots/N}.
   *
   * @throws IOException if it is not that
   */
  public static SlotView slot(String json) throws IOException {
    JsonFields fields = new JsonFields(JsonTree.object(json), "");
    List<SlotView.Part> parts = new ArrayList<>();
    for (JsonFields part : fields.objects("parts")) {
      parts.add(
          new SlotView.Part(
              part.text("subject"),
              part.text("state"),
              since(part),
              part.texts("why"),
              part.texts("next")));
    }
    return new SlotView(fields.text("pool"), fields.integer("slot"), parts);
  }

  private static OptionalLong since(JsonFields fields) throws IOException {
    return fields.has("sinceSeconds")
        ? OptionalLong.of(fields.number("sinceSeconds"))
        : OptionalLong.empty();
  }

  /**
   * The answer to {@code GET /v1/fds}.
   *
   * @throws IOException if it is not that
   */
  public static List<FdHolderView> holders(String json) throws IOException {
    List<FdHolderView> holders = new ArrayList<>();
    for (JsonFields holder : new JsonFields(JsonTree.object(json), "").objects("holders")) {
      holders.add(holder(holder));
    }
    return holders;
  }

  private static FdHolderView holder(JsonFields holder) throws IOException {
    List<FdView> fds = new ArrayList<>();
    for (JsonFields fd : holder.objects("fds")) {
      fds.add(
          new FdView(
              fd.integer("number"),
              fd.text("kind"),
              fd.text("name"),
              fd.text("held"),
              since(fd),
              fd.flag("stray"),
              fd.text("note")));
    }
    Map<String, Integer> others = new LinkedHashMap<>();
    JsonFields counts = holder.object("others");
    for (Object name : counts.members().keySet()) {
      others.put(name.toString(), counts.integer(name.toString()));
    }
    return new FdHolderView(
        holder.text("owner"),
        holder.number("pid"),
        holder.integer("generation"),
        holder.text("state"),
        holder.text("unseen"),
        holder.has("connections") ? Optional.of(traffic(holder)) : Optional.empty(),
        fds,
        others);
  }

  private static WorkerTraffic traffic(JsonFields holder) throws IOException {
    JsonFields traffic = holder.object("connections");
    return new WorkerTraffic(
        traffic.number("open"), traffic.number("unclaimed"), traffic.number("total"));
  }
}
