package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A worker as the status shows it.
 *
 * @param id {@code pool/slot#run}
 * @param slot the number of its slot
 * @param pid its process, 0 while there is none
 * @param generation the generation it belongs to
 * @param state starting, spare, serving, leaving or down
 * @param uptimeSeconds how long it has run
 * @param restarts how often its slot was restarted
 * @param open connections that the supervisor handed to it and that are open
 * @param unclaimed connections that the supervisor handed to it and that it has not claimed
 * @param total connections that it has claimed
 */
public record WorkerInfo(
    String id,
    int slot,
    long pid,
    long generation,
    String state,
    double uptimeSeconds,
    long restarts,
    long open,
    long unclaimed,
    long total) {
  static WorkerInfo of(JsonNode node) {
    return new WorkerInfo(
        node.path("id").asText(),
        node.path("slot").asInt(),
        node.path("pid").asLong(),
        node.path("generation").asLong(),
        node.path("state").asText(),
        node.path("uptimeSeconds").asDouble(),
        node.path("restarts").asLong(),
        node.at("/connections/open").asLong(),
        node.at("/connections/unclaimed").asLong(),
        node.at("/connections/total").asLong());
  }

  /** Whether it has said that it serves, and is not on its way out. */
  public boolean serving() {
    return state.equals("serving");
  }
}
