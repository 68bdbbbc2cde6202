package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Finds its way in the JSON of {@code GET /v1/status}. */
final class StatusJson {

  private StatusJson() {}

  /**
   * The workers of one pool; an unknown pool is an {@link AssertionError} that shows the status.
   */
  static List<WorkerInfo> workers(JsonNode status, String pool) {
    return workersOf(named(status, "pools", pool)).toList();
  }

  /** The workers of all pools. */
  static List<WorkerInfo> allWorkers(JsonNode status) {
    return elements(status.path("pools")).flatMap(StatusJson::workersOf).toList();
  }

  /**
   * The bound address of a listener; an unknown one is an {@link AssertionError} that shows the
   * status.
   */
  static String address(JsonNode status, String listener) {
    return named(status, "listeners", listener).path("address").asText();
  }

  /** A figure of the connections that the supervisor accepted from a listener. */
  static long connections(JsonNode status, String listener, String figure) {
    var value = named(status, "listeners", listener).path("connections").path(figure);
    if (!value.isIntegralNumber()) {
      throw new AssertionError("no " + figure + " of " + listener + " in " + status);
    }
    return value.asLong();
  }

  /** Whether every pool has as many serving workers as it should have. */
  static boolean complete(JsonNode status) {
    return elements(status.path("pools"))
        .allMatch(
            pool ->
                workersOf(pool).filter(WorkerInfo::serving).count() >= pool.path("target").asInt());
  }

  private static JsonNode named(JsonNode status, String list, String name) {
    return elements(status.path(list))
        .filter(node -> node.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " among " + list + " of " + status));
  }

  private static Stream<WorkerInfo> workersOf(JsonNode pool) {
    return elements(pool.path("workers")).map(WorkerInfo::of);
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
