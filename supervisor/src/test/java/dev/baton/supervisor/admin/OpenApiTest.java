package dev.baton.supervisor.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the server says of itself is what it does. */
@Timeout(60)
class OpenApiTest {
  private static final EndView END =
      new EndView(
          "web/0#9",
          "killed by SIGKILL",
          "was ready, up 12 min",
          0,
          "SIGKILL",
          false,
          "",
          "ready",
          false,
          733,
          OptionalLong.of(3),
          "/run/evidence/web-0.9",
          List.of("threads.txt"),
          List.of("a line"));

  @TempDir private Path folder;

  private final FakeOperations operations = new FakeOperations();
  private Path socket;
  private AdminServer server;
  private ApiDocument document;

  @BeforeEach
  void start() throws IOException {
    socket = folder.resolve(AdminServer.SOCKET_NAME);
    server = AdminServer.start(operations, operations::eventsSince, socket, Optional.empty());
    document = new ApiDocument(body(RawPeer.ask(socket, RawPeer.get("/v1/openapi.json"))));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String body(String answer) {
    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    return answer.contains("transfer-encoding: chunked") ? dechunked(body) : body;
  }

  private static String dechunked(String chunks) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < chunks.length(); ) {
      int line = chunks.indexOf("\r\n", at);
      int length = Integer.parseInt(chunks.substring(at, line), 16);
      text.append(chunks, line + 2, line + 2 + length);
      at = line + 2 + length + 2;
    }
    return text.toString();
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.substring(9, 12));
  }

  private static String contentType(String answer) {
    Matcher matcher = Pattern.compile("(?i)\r\ncontent-type: ([^\r]*)").matcher(answer);
    return matcher.find() ? matcher.group(1) : "none";
  }

  /** Asks for an operation, its pool being one that there is. */
  private String ask(String operation, String body) throws IOException {
    String[] words = operation.split(" ");
    String path = words[1].replace("{pool}", "hello").replace("{slot}", "0");
    return RawPeer.ask(
        socket, words[0].equals("GET") ? RawPeer.get(path) : RawPeer.post(path, body));
  }

  private void assertDescribed(String operation, String answer) {
    assertEquals(
        List.of(),
        document.problems(operation, status(answer), contentType(answer), body(answer)),
        operation);
  }

  @Test
  void everyRouteOfTheServerIsInItAndNoOther() throws IOException {
    String unknown = AdminReader.error(body(RawPeer.ask(socket, RawPeer.get("/v1/no")))).text();
    String routes = unknown.substring(unknown.indexOf("there are ") + 10);
    assertEquals(new TreeSet<>(Arrays.asList(routes.split(", "))), document.operations().keySet());
  }

  @Test
  void everyDocumentedRouteAnswersAsItSays() throws IOException {
    for (String operation : document.operations().keySet()) {
      String answer = ask(operation, document.example(operation).orElse(""));
      assertTrue(
          status(answer) == 200 || operation.equals("GET /readyz"), operation + ": " + answer);
      assertDescribed(operation, answer);
    }
    assertTrue(operations.calls.contains("restart hello 1"), operations.calls::toString);
  }

  @Test
  void everyBodyThatIsShownIsOneThatIsAllowed() {
    document
        .operations()
        .forEach(
            (name, operation) -> {
              JsonNode content = operation.path("requestBody").path("content");
              assertEquals(name.startsWith("POST"), !content.isMissingNode(), name);
              if (!content.isMissingNode()) {
                JsonNode schema = content.path("application/json").path("schema");
                assertEquals(
                    List.of(),
                    document.problems(schema, document.example(name).orElseThrow()),
                    name);
                assertNotEquals(List.of(), document.problems(schema, "{\"wrkers\":1}"), name);
              }
            });
  }

  @Test
  void refusalsAreDescribed() throws IOException {
    for (String operation : document.operations().keySet()) {
      String path = operation.split(" ")[1];
      if (operation.startsWith("POST")) {
        assertDescribed(operation, RawPeer.ask(socket, RawPeer.post(path, "{}")), path);
        assertDescribed(operation, ask(operation, "[1]"));
        assertDescribed(operation, ask(operation, " ".repeat(RequestBody.LARGEST + 1)));
      }
    }
    operations.scaleFailure = new OperationRefused("the supervisor is stopping");
    assertDescribed(
        "POST /v1/pools/{pool}/scale", ask("POST /v1/pools/{pool}/scale", "{\"workers\":1}"));
    operations.onRestart = (pool, watcher) -> watcher.refused("one is under way");
    assertDescribed("POST /v1/pools/{pool}/restart", ask("POST /v1/pools/{pool}/restart", ""));
    for (boolean configuration : new boolean[] {true, false}) {
      operations.onReload = watcher -> watcher.unusable(configuration, List.of("a", "b"));
      assertDescribed("POST /v1/reload", ask("POST /v1/reload", ""));
    }
    String wrong = RawPeer.ask(socket, RawPeer.get("/v1/events?newest=0"));
    assertDescribed("GET /v1/events", wrong);
  }

  private void assertDescribed(String operation, String answer, String path) {
    if (path.contains("{pool}")) {
      assertTrue(status(answer) == 404 || status(answer) == 400, answer);
    }
    assertDescribed(operation, answer);
  }

  /** Where a worker has ended, and a rollout was rolled back for it. */
  @Test
  void theEndOfAWorkerIsDescribed() throws IOException {
    StatusView status = FakeOperations.sample();
    PoolView web = status.pool("web").orElseThrow();
    WorkerView ended = web.workers().get(0).after(Optional.of(END));
    RolloutView rollout = new RolloutView(1, 2, "back", false, "the canary has exited");
    PoolView after = new PoolView("web", 1, 1, "restarting", Optional.of(rollout), List.of(ended));
    operations.status =
        new StatusView(
            status.version(),
            status.pid(),
            status.uptimeSeconds(),
            status.name(),
            status.runtimeDir(),
            status.listeners(),
            List.of(status.pools().get(0), after),
            status.openService());
    String answer = ask("GET /v1/status", "");
    assertTrue(answer.contains("\"lastEnd\""), answer);
    assertDescribed("GET /v1/status", answer);
    operations.onRestart =
        (pool, watcher) -> {
          watcher.progress("begun");
          watcher.finished(new Verdict(false, "no", 3, List.of("a"), Optional.of(END)));
        };
    answer = ask("POST /v1/pools/{pool}/restart", "");
    assertTrue(answer.contains("SIGKILL"), answer);
    assertDescribed("POST /v1/pools/{pool}/restart", answer);
    EventView event =
        new EventView(4, "2026-11-22T10:00:00Z", "post-mortem", "web/0#9", "", Optional.of(END));
    assertEquals(List.of(), document.problems("Event", AdminWriter.event(event)));
  }

  /** The validator sees what is missing, and what is too much. */
  @Test
  void aWrongAnswerIsSeen() {
    Map<String, String> wrong =
        Map.of(
            "{\"version\":\"1\"}", "pid",
            "{\"version\":\"1\",\"pid\":\"2\"}", "integer",
            "{\"version\":\"1\",\"pid\":2,\"more\":3}", "more");
    wrong.forEach(
        (body, word) -> {
          List<String> problems =
              document.problems("GET /v1/version", 200, "application/json", body);
          assertTrue(problems.toString().contains(word), problems::toString);
        });
    assertFalse(document.problems("GET /v1/version", 409, "application/json", "{}").isEmpty());
    assertFalse(document.problems("GET /v1/version", 200, "text/plain", "").isEmpty());
  }

  @Test
  void itIsWellFormed() {
    JsonNode root = document.root();
    assertEquals("3.1.0", root.path("openapi").asText());
    assertEquals(List.of(), document.danglingReferences());
    Set<String> ids = new HashSet<>();
    document
        .operations()
        .forEach(
            (name, operation) -> {
              assertTrue(ids.add(operation.path("operationId").asText()), name);
              assertFalse(operation.path("summary").asText().isEmpty(), name);
              assertEquals(
                  name.contains("{pool}"),
                  operation.path("parameters").toString().contains("Pool"));
              boolean open = operation.path("security").isArray();
              assertEquals(WebGate.OPEN.contains(name.substring(4)), open, name);
              assertEquals(!open, operation.path("responses").has("401"), name);
            });
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    root.path("components")
        .path("schemas")
        .forEach(
            schema ->
                assertEquals(
                    List.of(),
                    registry
                        .getSchema(
                            com.networknt.schema.SchemaLocation.of(
                                "https://json-schema.org/draft/2020-12/schema"))
                        .validate(schema)));
  }
}
