package dev.baton.supervisor.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The answers about releases and rollouts, both ways. Stateless. */
public final class ReleaseJson {
  private ReleaseJson() {}

  /**
   * The body of a request for a rollout.
   *
   * @param members texts, whole numbers and flags
   */
  public static String request(Map<String, Object> members) {
    return AdminWriter.line(
        json -> {
          for (Map.Entry<String, Object> member : members.entrySet()) {
            json.writeObjectField(member.getKey(), member.getValue());
          }
        });
  }

  /** A line of what {@code --json} prints: something happened. */
  public static String progress(String pool, String text) {
    return AdminWriter.line(
            json -> {
              json.writeStringField("pool", pool);
              json.writeStringField("progress", text);
            })
        .strip();
  }

  /** Its last line. */
  public static String verdict(String pool, Verdict verdict) {
    return AdminWriter.line(
            json -> {
              json.writeStringField("pool", pool);
              AdminWriter.members(json, verdict);
            })
        .strip();
  }

  static String releases(List<ReleaseView> views) {
    return AdminWriter.line(
        json -> {
          json.writeArrayFieldStart("releases");
          for (ReleaseView view : views) {
            json.writeStartObject();
            json.writeStringField("hash", view.hash());
            json.writeStringField("state", view.state());
            json.writeStringField("since", view.since());
            json.writeStringField("source", view.source());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  static String steered(String pool, String what) {
    return AdminWriter.line(
        json -> {
          json.writeStringField("pool", pool);
          json.writeStringField("done", what);
        });
  }

  /**
   * The answer to {@code GET /v1/pools/POOL/releases}.
   *
   * @throws IOException if it is not that
   */
  public static List<ReleaseView> releases(String json) throws IOException {
    List<ReleaseView> releases = new ArrayList<>();
    for (JsonFields release : new JsonFields(JsonTree.object(json), "").objects("releases")) {
      releases.add(
          new ReleaseView(
              release.text("hash"),
              release.text("state"),
              release.text("since"),
              release.text("source")));
    }
    return releases;
  }
}
