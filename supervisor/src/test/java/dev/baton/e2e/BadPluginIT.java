package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Compiled;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.e2e.kit.Sample;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plugins that cannot run: the start or the rollout fails, the reason reaches the operator, and all
 * listeners stay.
 */
@BatonTest
@Timeout(120)
class BadPluginIT {
  private static final Map<String, String> PLUGINS =
      Map.of(
          "nojar", "com.example.Any",
          "noclass", "com.example.Missing",
          "noworker", "example.NotAWorker",
          "othersdk", "example.OtherSdk",
          "newerjava", "example.NewerJava");
  private static final Map<String, String> REASONS = new LinkedHashMap<>();

  static {
    REASONS.put("nojar", "gone.jar");
    REASONS.put("noclass", "plugin class com.example.Missing was not found");
    REASONS.put("noworker", "example.NotAWorker is not a dev.baton.worker.Worker");
    REASONS.put("othersdk", "NoSuchMethodError.*sing");
    REASONS.put("newerjava", "UnsupportedClassVersionError.*99\\.0");
  }

  private final Installation installation = Installation.find();
  @TempDir Path folder;
  private Path classes;

  @BeforeEach
  void compile() throws Exception {
    classes = Files.createDirectory(folder.resolve("classes"));
    // The SDK of a later version, as far as this plugin needs it.
    var sdk = Files.createDirectory(folder.resolve("later-sdk"));
    Compiled.into(
        sdk,
        "",
        Map.of(
            "dev.baton.worker.WorkerContext",
            "package dev.baton.worker; public interface WorkerContext { void sing(); }",
            "dev.baton.worker.Worker",
            "package dev.baton.worker; public interface Worker {"
                + " void start(WorkerContext context) throws Exception; }"));
    Compiled.into(
        classes,
        sdk.toString(),
        Map.of(
            "example.NotAWorker",
            "package example; public class NotAWorker {}",
            "example.OtherSdk",
            "package example; public class OtherSdk implements dev.baton.worker.Worker {"
                + " public void start(dev.baton.worker.WorkerContext c) { c.sing(); } }",
            "example.NewerJava",
            "package example; public class NewerJava implements dev.baton.worker.Worker {"
                + " public void start(dev.baton.worker.WorkerContext c) {} }"));
    var newer = classes.resolve("example/NewerJava.class");
    var bytes = Files.readAllBytes(newer);
    bytes[7] = 99; // the major version of a class file (JVMS 4.1)
    Files.write(newer, bytes);
  }

  @Test
  void theStartFailsWithTheReasonAndTheListenersStay() throws Exception {
    var conf = ConfFile.in(folder).tcp("good");
    conf.pool(
        "good", pool -> pool.sample(installation, Sample.HELLO).listeners("good").heap("32m"));
    REASONS
        .keySet()
        .forEach(
            name ->
                conf.tcp(name)
                    .pool(
                        name,
                        pool ->
                            pool.plugin(PLUGINS.get(name))
                                .classPath(
                                    name.equals("nojar")
                                        ? folder.resolve("gone.jar").toString()
                                        : classes.toString())
                                .listeners(name)
                                .heap("32m")
                                .backoff(Duration.ofMinutes(5), Duration.ofMinutes(5))));
    try (var baton = BatonProcess.launch(installation, conf)) {
      baton.awaitStatus(
          Duration.ofSeconds(60),
          "the good pool serves, and the others have failed",
          status ->
              worker(status, "good").path("state").asText().equals("serving")
                  && REASONS.keySet().stream().allMatch(name -> down(worker(status, name))));
      var status = baton.status();
      REASONS.forEach(
          (name, reason) -> {
            var text = worker(status, name).path("text").asText();
            assertTrue(text.matches("(?s).*" + reason + ".*"), () -> name + ": " + text);
            assertTrue(text.length() < 400, () -> name + ": " + text);
          });
      for (var name : REASONS.keySet()) {
        try (var client = SocketChannel.open(baton.target(name).address())) {
          assertTrue(client.isConnected());
        }
      }
      assertEquals(200, Http.get(baton.target("good"), "/").status());
      assertFalse(baton.output().contains("\tat dev.baton.supervisor"), baton::output);
    }
  }

  @Test
  void theRolloutFailsWithTheReasonAndTheOldGenerationServes() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin"));
    var jar = folder.resolve("plugin.jar");
    plugin.packInto(jar);
    var conf = ConfFile.in(folder).tcp("web");
    conf.pool(
        "web",
        pool ->
            pool.plugin(PluginFiles.PLUGIN).classPath(jar.toString()).listeners("web").heap("32m"));
    try (var baton = BatonProcess.start(installation, conf)) {
      long pid = baton.workers("web").get(0).pid();
      Files.delete(jar);
      var result = baton.run("restart", "web").expect(1);
      assertTrue(result.stderr().contains("plugin.jar"), result::toString);
      assertFalse(result.stderr().contains("\tat "), result::toString);
      assertEquals(pid, baton.workers("web").get(0).pid());
      assertEquals(1, baton.workers("web").get(0).generation());
      assertTrue(baton.workers("web").get(0).serving());

      Files.writeString(jar, "this is no archive");
      baton.run("restart", "web").expect(1);
      assertEquals(pid, baton.workers("web").get(0).pid());

      plugin.packInto(jar);
      baton.run("restart", "web").expect(0);
      assertEquals(200, Http.get(baton.target("web"), "/").status());
    }
  }

  private static boolean down(JsonNode worker) {
    return worker.path("state").asText().equals("down");
  }

  private static JsonNode worker(JsonNode status, String pool) {
    for (var node : status.path("pools")) {
      if (node.path("name").asText().equals(pool)) {
        return node.at("/workers/0");
      }
    }
    throw new AssertionError("no pool " + pool + " in " + status);
  }
}
