package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The name server of the samples, asked by {@code dig} of Debian's bind9-dnsutils. */
@BatonTest
@Timeout(120)
class DnsIT {
  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void answersThroughARollingRestart() throws Exception {
    answersThroughARollingRestart("reuseport", "dispatch");
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({"shared, shared", "reuseport, reuseport"})
  void everyModeAnswersThroughARollingRestart(String udp, String tcp) throws Exception {
    answersThroughARollingRestart(udp, tcp);
  }

  private void answersThroughARollingRestart(String udp, String tcp) throws Exception {
    assumeTrue(installed(), "there is no dig (Debian: bind9-dnsutils)");
    try (var baton = BatonProcess.start(installation, conf(udp, tcp))) {
      int datagrams = port(baton, "udp");
      int connections = port(baton, "tcp");
      assertEquals("192.0.2.1", dig(datagrams, "www.example.test"));
      assertEquals("192.0.2.1", dig(connections, "www.example.test", "+tcp"));
      assertEquals("\"a text\"", dig(datagrams, "www.example.test", "TXT"));
      assertTrue(dig(connections, "id.server", "CH", "TXT", "+tcp").matches("\"dns/[01]#1\""));

      var restart = CompletableFuture.supplyAsync(() -> restart(baton));
      while (!restart.isDone()) {
        assertEquals("192.0.2.1", dig(datagrams, "www.example.test"));
        assertEquals("192.0.2.1", dig(connections, "www.example.test", "+tcp"));
      }
      assertEquals(0, restart.get());
      assertTrue(dig(datagrams, "id.server", "CH", "TXT").matches("\"dns/[01]#2\""));
    }
  }

  @Test
  void aBadZoneIsSaidByItsKey() throws Exception {
    var conf = conf("shared", "shared");
    conf.pool("dns", pool -> pool.workers(1).config("zone", "not a zone"));
    try (var baton = BatonProcess.launch(installation, conf)) {
      baton.awaitStatus(
          Duration.ofSeconds(30),
          "the key is named",
          s -> s.at("/pools/0/workers/0/text").asText().contains("config.zone: found"));
    }
  }

  private static int restart(BatonProcess baton) {
    try {
      return baton.run("restart", "dns").exit();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private ConfFile conf(String udp, String tcp) {
    var names = Map.of("www", Map.of("a", List.of("192.0.2.1"), "txt", List.of("a text")));
    return ConfFile.in(folder)
        .udp("udp")
        .mode("udp", udp)
        .tcp("tcp")
        .mode("tcp", tcp)
        .pool(
            "dns",
            pool ->
                pool.sample(installation, Sample.DNS)
                    .workers(2)
                    .listeners("udp", "tcp")
                    .config("zone", "example.test")
                    .config("names", names)
                    .heap("48m"));
  }

  private static int port(BatonProcess baton, String listener) throws Exception {
    return Integer.parseInt(baton.address(listener).replaceFirst(".*:", ""));
  }

  private static boolean installed() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(path -> Path.of(path, "dig").toFile().canExecute());
  }

  private static String dig(int port, String... args) throws Exception {
    var line = new ArrayList<>(List.of("dig", "-r", "@127.0.0.1", "-p", "" + port, "+short"));
    line.addAll(List.of("+time=10", "+tries=1"));
    line.addAll(List.of(args));
    var dig = new ProcessBuilder(line).redirectErrorStream(true).start();
    dig.getOutputStream().close();
    var out = new String(dig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(dig.waitFor(20, TimeUnit.SECONDS), out);
    assertEquals(0, dig.exitValue(), () -> line + "\n" + out);
    return out.strip();
  }
}
