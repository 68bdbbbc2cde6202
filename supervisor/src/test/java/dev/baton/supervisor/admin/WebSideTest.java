package dev.baton.supervisor.admin;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API by TCP: who may, and what a browser may be made to do. */
@Timeout(60)
class WebSideTest {
  private static final Duration IDLE = Duration.ofSeconds(2);

  @TempDir private Path folder;

  private final FakeOperations operations = new FakeOperations();
  private Path tokenFile;
  private AdminServer server;
  private int port;
  private String token;

  @BeforeEach
  void start() throws IOException {
    tokenFile = folder.resolve("admin.token");
    server = start("a");
    port = server.webPort().orElseThrow();
    token = Files.readString(tokenFile).strip();
  }

  private AdminServer start(String name) throws IOException {
    return AdminServer.start(
        operations,
        operations::eventsSince,
        folder.resolve(name + ".sock"),
        Optional.of(new WebSide("127.0.0.1", 0, tokenFile)),
        IDLE);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getByName("127.0.0.1"), port);
  }

  /** The whole answer to a request with the headers given. */
  private String ask(String method, String path, String... headers) throws IOException {
    try (Socket socket = connect()) {
      String host = List.of(headers).stream().anyMatch(h -> h.startsWith("Host:")) ? "" : host();
      String head = method + " " + path + " HTTP/1.1\r\n" + host + "Connection: close\r\n";
      String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
      socket.getOutputStream().write((head + more + "\r\n").getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String host() {
    return "Host: 127.0.0.1:" + port + "\r\n";
  }

  private String bearer() {
    return "Authorization: Bearer " + token;
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.substring(9, 12));
  }

  @Test
  void theTokenIsMadeForTheOwnerAlone() throws IOException {
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile)));
    assertTrue(token.length() >= 32, token);
    try (AdminServer second = start("b")) {
      assertTrue(second.webPort().isPresent());
      assertEquals(token, Files.readString(tokenFile).strip(), "it is kept");
    }
  }

  @Test
  void withTheTokenItIsTheSameApi() throws IOException {
    assertTrue(ask("GET", "/v1/status", bearer()).contains("\"name\":\"demo\""));
    assertTrue(ask("GET", "/metrics", bearer()).contains("baton_info 1.0"));
    assertEquals(200, status(ask("POST", "/v1/pools/hello/reset", bearer())));
    assertEquals(1, operations.calls.size(), operations.calls::toString);
  }

  /** It would have the supervisor, which may be root, run a program that the request names. */
  @Test
  void theTokenUpgradesNothing() throws IOException {
    String answer = ask("POST", "/v1/upgrade", bearer());
    assertEquals(403, status(answer), answer);
    assertTrue(answer.contains("/v1/upgrade is served on the admin socket alone"), answer);
    assertEquals(200, status(ask("GET", "/v1/upgraded", bearer())));
    assertEquals(List.of(), List.copyOf(operations.calls));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/status", "/metrics", "/v1/stop", "/v1/pools/hello/restart", "/no"})
  void withoutItNothingIsToldOrDone(String path) throws IOException {
    String method = path.contains("stop") || path.contains("restart") ? "POST" : "GET";
    for (String header :
        List.of(
            "X: y",
            "Authorization: Bearer ",
            "Authorization: Bearer x" + token,
            "Authorization: Basic " + token)) {
      String answer = ask(method, path, header);
      assertEquals(401, status(answer), answer);
      assertTrue(answer.contains("WWW-Authenticate: Bearer"), answer);
    }
    assertTrue(operations.calls.isEmpty(), operations.calls::toString);
  }

  /** Whatever the document has, those that are added later as well. */
  @Test
  void everyOperationTakesTheToken() throws IOException {
    String described = ask("GET", "/v1/openapi.json", bearer());
    ApiDocument document = new ApiDocument(described.substring(described.indexOf("\r\n\r\n")));
    int refused = 0;
    for (String operation : document.operations().keySet()) {
      String[] words = operation.split(" ");
      String path = words[1].replace("{pool}", "hello");
      for (String header : List.of("X: y", "Authorization: Bearer x" + token)) {
        boolean open = WebGate.OPEN.contains(path);
        assertEquals(!open, status(ask(words[0], path, header)) == 401, operation);
        refused += open ? 0 : 1;
      }
    }
    assertTrue(refused > 30, document.operations().keySet()::toString);
    assertEquals(List.of(), List.copyOf(operations.calls));
    assertEquals(List.of(), operations.audited);
  }

  @Test
  void aPageOfAnotherSiteCanDoNothingEvenWithTheToken() throws IOException {
    for (String header :
        List.of(
            "Origin: http://evil.example",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site")) {
      assertEquals(403, status(ask("POST", "/v1/stop", bearer(), header)), header);
      assertEquals(403, status(ask("GET", "/", header)), header);
    }
    assertEquals(403, status(ask("GET", "/v1/status", bearer(), "Host: evil.example:" + port)));
    assertTrue(operations.calls.isEmpty(), operations.calls::toString);
    String own = "Origin: http://127.0.0.1:" + port;
    assertEquals(200, status(ask("GET", "/v1/status", bearer(), own)));
  }

  @Test
  void thePageComesWholeFromHere() throws IOException {
    for (String path :
        List.of(
            "/", "/baton.js", "/plots.js", "/rates.js", "/baton.css", "/uplot.js", "/uplot.css")) {
      String answer = ask("GET", path);
      assertEquals(200, status(answer), path);
      assertTrue(answer.contains("Content-Security-Policy: default-src 'none'"), path);
    }
    String page = ask("GET", "/");
    assertTrue(!page.contains("http://") && !page.contains("https://"), page);
    assertEquals(405, status(ask("POST", "/")));
  }

  @Test
  void aliveAndReadyAreForEverybody() throws IOException {
    assertEquals(200, status(ask("GET", "/healthz")));
    String answer = ask("GET", "/readyz");
    assertEquals(503, status(answer));
    assertTrue(answer.contains("pool web is down"), answer);
  }

  @Test
  void aTokenFileThatOthersMayReadIsRefused() throws IOException {
    Files.setPosixFilePermissions(tokenFile, PosixFilePermissions.fromString("rw-r-----"));
    IOException e = assertThrows(IOException.class, () -> start("b"));
    assertTrue(e.getMessage().contains("chmod 600"), e.getMessage());
    Files.setPosixFilePermissions(tokenFile, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(tokenFile, "short\n");
    e = assertThrows(IOException.class, () -> start("b"));
    assertTrue(e.getMessage().contains("at least 16"), e.getMessage());
  }

  @Test
  void anAddressThatIsTakenIsNamed() throws IOException {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AdminServer.start(
                    operations,
                    operations::eventsSince,
                    folder.resolve("b.sock"),
                    Optional.of(new WebSide("127.0.0.1", port, tokenFile))));
    assertTrue(e.getMessage().contains("tcp://127.0.0.1:" + port), e.getMessage());
  }

  @Test
  void manyIdleConnectionsKeepNobodyOutForLong() throws IOException {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        idle.add(connect());
      }
      assertTrue(RawPeer.ask(folder.resolve("a.sock"), RawPeer.get("/v1/version")).contains("200"));
      await("an idle connection is closed")
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(() -> status(ask("GET", "/healthz")) == 200);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }
}
