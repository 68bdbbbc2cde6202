package dev.baton.e2e.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.baton.supervisor.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfFileTest {

  @TempDir Path folder;

  @Test
  void writesAllSections() throws Exception {
    var conf =
        ConfFile.in(folder)
            .tcp("web")
            .unix("local")
            .file("journal", folder.resolve("j.txt"), "append", true)
            .pool(
                "hello",
                pool ->
                    pool.plugin("dev.baton.samples.hello.HelloWorker")
                        .classPath("/a/*.jar", "/b")
                        .workers(2)
                        .listeners("web", "local")
                        .files("journal")
                        .config("greeting", "on: \"quoted\" #1")
                        .heap("64m")
                        .jvmOptions("-Dx=${slot}")
                        .startTimeout(Duration.ofSeconds(20))
                        .drainTimeout(Duration.ofMillis(1500))
                        .stopTimeout(Duration.ofSeconds(3))
                        .surge(0)
                        .backoff(Duration.ofMillis(50), Duration.ofSeconds(1)));
    var read = new YAMLMapper().readTree(Files.readString(conf.write()));
    var loaded = ConfigLoader.load(conf.path(), folder, Map.of());
    assertEquals(conf.runtimeDir(), loaded.runtimeDir());
    assertEquals(1, loaded.pools().size());
    assertEquals("tcp://127.0.0.1:0", read.at("/listeners/web/address").asText());
    assertEquals(
        "unix:" + folder.resolve("local.sock"), read.at("/listeners/local/address").asText());
    assertEquals("append", read.at("/files/journal/access").asText());
    var pool = read.at("/pools/hello");
    assertEquals(2, pool.at("/workers").asInt());
    assertEquals("local", pool.at("/listeners/1").asText());
    assertEquals("on: \"quoted\" #1", pool.at("/config/greeting").asText());
    assertEquals("64m", pool.at("/jvm/heap").asText());
    assertEquals("-Dx=${slot}", pool.at("/jvm/options/0").asText());
    assertEquals("1500ms", pool.at("/drainTimeout").asText());
    assertEquals("50ms", pool.at("/backoff/initial").asText());
    assertEquals(conf.runtimeDir().toString(), read.at("/runtimeDir").asText());
    assertEquals(List.of(folder.resolve("local.sock")), conf.sockets());
  }

  @Test
  void canBeChangedAndWrittenAgain() throws Exception {
    var conf = ConfFile.in(folder).tcp("web").pool("a", pool -> pool.workers(1).surge(1));
    conf.write();
    conf.pool("a", pool -> pool.workers(3)).write();
    var read = new YAMLMapper().readTree(conf.path().toFile());
    assertEquals(3, read.at("/pools/a/workers").asInt());
    assertEquals(1, read.at("/pools/a/surge").asInt());
  }

  @Test
  void refusesWhatCannotWork() {
    assertThrows(
        IllegalArgumentException.class, () -> ConfFile.in(folder.resolve("x".repeat(100))));
    var conf = ConfFile.in(folder).set("name", "n");
    assertThrows(IllegalArgumentException.class, () -> conf.set("name.inner", 1));
  }
}
