package dev.baton.e2e.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.load.ScriptedServer;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@BatonTest
class HttpTest {

  @Test
  void asksOverTcp() throws Exception {
    ScriptedServer.Script script =
        (peer, n) -> {
          peer.request();
          peer.respond(404, "not here", "X-Some: thing");
        };
    try (var server = ScriptedServer.tcp(script)) {
      var response = Http.get(server.target(), "/x");
      assertEquals(404, response.status());
      assertEquals("not here", response.body());
      assertEquals("thing", response.headers().get("x-some"));
    }
  }

  @Test
  void asksOverUnixWithABodyLargerThanAnyBuffer(@TempDir Path folder) throws Exception {
    var path = folder.resolve("s");
    ScriptedServer.Script script =
        (peer, n) -> {
          peer.request();
          for (int left = 3_000_000; left > 0; left--) {
            peer.skip();
          }
          peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + "y".repeat(1_000_000));
        };
    try (var server = ScriptedServer.unix(path, script)) {
      var body = "x".repeat(3_000_000);
      var response = Http.request(server.target(), "POST", "/", body, Duration.ofSeconds(20));
      assertEquals(200, response.status());
      assertEquals(1_000_000, response.body().length());
    }
    Files.delete(path);
  }

  @Test
  void saysWhatWentWrong(@TempDir Path folder) throws Exception {
    try (var silent = ScriptedServer.tcp((peer, n) -> peer.untilClientCloses())) {
      var soon = Duration.ofMillis(200);
      assertThrows(
          SocketTimeoutException.class, () -> Http.request(silent.target(), "GET", "/", "", soon));
    }
    try (var closing = ScriptedServer.tcp((peer, n) -> peer.request())) {
      assertThrows(EOFException.class, () -> Http.get(closing.target(), "/"));
    }
    var nobody = dev.baton.load.Target.unix(folder.resolve("nobody"));
    assertThrows(IOException.class, () -> Http.get(nobody, "/"));
  }
}
