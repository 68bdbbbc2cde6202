package dev.baton.supervisor.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The OpenAPI document as a test sees it: its operations, and whether an answer is what it says. A
 * field that is not in the document is a mistake here, though clients must ignore it.
 */
public final class ApiDocument {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode root;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  /**
   * Reads one.
   *
   * @param text as it is served
   */
  public ApiDocument(String text) {
    root = tree(text);
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode root() {
    return root;
  }

  /** Each operation by its method and path, such as {@code GET /v1/status}. */
  Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new TreeMap<>();
    root.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            operations.put(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                method.getValue())));
    return operations;
  }

  /** Follows a reference within the document. */
  JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
  }

  /**
   * What is wrong with an answer; nothing when it is one of those that the document has.
   *
   * @param operation such as {@code GET /v1/status}
   * @param contentType of the answer, its parameters may be there
   */
  public List<String> problems(String operation, int status, String contentType, String body) {
    JsonNode response =
        resolve(operations().get(operation).path("responses").path(String.valueOf(status)));
    if (response.isMissingNode()) {
      return List.of(operation + " has no answer " + status + ": " + body);
    }
    JsonNode content = response.path("content").path(contentType.replaceAll(";.*", "").strip());
    if (content.isMissingNode()) {
      return List.of(operation + " has no answer of the type " + contentType);
    }
    if (!contentType.contains("json")) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    List<String> texts =
        contentType.contains("ndjson")
            ? body.lines().filter(line -> !line.isBlank()).toList()
            : List.of(body);
    texts.forEach(text -> problems.addAll(problems(content.path("schema"), text)));
    return problems;
  }

  /** What is wrong with a value of one of the schemas under {@code components}. */
  public List<String> problems(String schema, String text) {
    return problems(JSON.createObjectNode().put("$ref", "#/components/schemas/" + schema), text);
  }

  List<String> problems(JsonNode schema, String text) {
    ObjectNode whole = (ObjectNode) local(schema);
    whole.set("$defs", local(root.path("components").path("schemas")));
    closed(whole);
    JsonNode value;
    try {
      value = JSON.readTree(text);
    } catch (IOException e) {
      return List.of("not JSON: " + text);
    }
    List<Error> errors = schemas.getSchema(whole).validate(value);
    return errors.stream().map(error -> error + " in " + text).toList();
  }

  /** A copy whose references are within one schema. */
  private static JsonNode local(JsonNode node) {
    return tree(node.toString().replace("#/components/schemas/", "#/$defs/"));
  }

  /** Objects with named properties have no others. */
  private static void closed(JsonNode node) {
    if (node instanceof ObjectNode object && object.path("properties").isObject()) {
      object.put("additionalProperties", false);
    }
    for (JsonNode child : node) {
      closed(child);
    }
  }

  /** Every reference in it that leads nowhere. */
  List<String> danglingReferences() {
    List<String> found = new ArrayList<>();
    for (JsonNode reference : root.findValues("$ref")) {
      String target = reference.asText();
      if (!target.startsWith("#/") || root.at(target.substring(1)).isMissingNode()) {
        found.add(target);
      }
    }
    return found;
  }

  /** The example of an operation's body; empty where it takes none. */
  Optional<String> example(String operation) {
    JsonNode body = operations().get(operation).path("requestBody");
    Iterator<JsonNode> contents = body.path("content").elements();
    return contents.hasNext()
        ? Optional.of(contents.next().path("example").toString())
        : Optional.empty();
  }
}
