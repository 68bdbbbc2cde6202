package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins every key: what it is called, where it stands, and which component it becomes. */
class EveryKeyTest {

  private static final String YAML =
      """
      name: shop-1
      runtimeDir: /run/shop
      listeners:
        web:
          address: tcp://[::1]:8080
          mode: shared
          backlog: 128
          tcp:
            reuseAddress: false
            keepAlive: true
            noDelay: false
            deferAccept: 5s
            fastOpenQueue: 16
            ipv6Only: true
        local:
          address: unix:local.sock
          unix:
            permissions: 0600
            owner: www-data
            group: 33
      files:
        audit:
          path: ../audit.log
          access: append
          create: true
          permissions: "0600"
      pools:
        shop:
          plugin: com.example.Outer$Shop
          classPath: [lib/*.jar, /x/classes]
          workers: 3
          listeners: [local, web]
          files: [audit]
          config:
            idle: 2s
            limit: 10
            share: 0.5
            on: true
            nothing: null
            list: [1, two, {three: 3}]
          jvm:
            java: /opt/jdk/bin/java
            heap: 64m
            options: [-Xlog:gc, "-Dworker=${pool}/${slot}"]
            defaults: false
          environment:
            SLOT: ${slot}
            PORT: 8080
            EMPTY: ""
          workingDirectory: work/${slot}
          startTimeout: 1m
          drainTimeout: 0s
          stopTimeout: 250ms
          surge: 0
          backoff:
            initial: 1s
            max: 2m
            factor: 1.5
            jitter: 0
            stableAfter: 1h
      logs:
        keepPerSlot: 7
        keepEvidence: 0
      """;

  /** Section of the file → its keys. */
  private static final Map<String, List<String>> KEYS = new LinkedHashMap<>();

  static {
    keys("", "files listeners logs name pools runtimeDir");
    keys("listeners.a", "address backlog mode tcp unix");
    keys("listeners.a.tcp", "deferAccept fastOpenQueue ipv6Only keepAlive noDelay reuseAddress");
    keys("listeners.a.unix", "group owner permissions");
    keys("files.a", "access create path permissions");
    keys(
        "pools.a",
        "backoff classPath config drainTimeout environment files jvm listeners plugin"
            + " startTimeout stopTimeout surge workers workingDirectory");
    keys("pools.a.jvm", "defaults heap java options");
    keys("pools.a.backoff", "factor initial jitter max stableAfter");
    keys("logs", "keepEvidence keepPerSlot");
  }

  private static void keys(String section, String keys) {
    KEYS.put(section, Arrays.asList(keys.split(" ")));
  }

  @TempDir Path folder;

  @Test
  void everyKeyReachesItsRecord() throws ConfigException {
    BatonConfig config = Loaded.in(folder).load(YAML);
    assertEquals("shop-1", config.name());
    assertEquals(Path.of("/run/shop"), config.runtimeDir());
    assertEquals(new LogConfig(7, 0), config.logs());
    assertEquals(List.of("web", "local"), List.copyOf(config.listeners().keySet()));
    assertEquals(
        new ListenerConfig(
            "web",
            new TcpAddress("::1", 8080),
            ListenerMode.SHARED,
            128,
            new TcpOptions(false, true, false, Optional.of(Duration.ofSeconds(5)), 16, true),
            UnixOptions.DEFAULTS),
        config.listeners().get("web"));
    assertEquals(
        new ListenerConfig(
            "local",
            new UnixAddress(folder.resolve("local.sock")),
            ListenerMode.SHARED,
            4096,
            TcpOptions.DEFAULTS,
            new UnixOptions(0600, Optional.of("www-data"), Optional.of("33"))),
        config.listeners().get("local"));
    assertEquals(
        new FileConfig("audit", folder.resolveSibling("audit.log"), FileAccess.APPEND, true, 0600),
        config.files().get("audit"));
    assertEquals(List.of(), config.warnings());
  }

  @Test
  void everyKeyOfAPoolReachesItsRecord() throws ConfigException {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("idle", "2s");
    settings.put("limit", 10);
    settings.put("share", 0.5);
    settings.put("on", true);
    settings.put("nothing", null);
    settings.put("list", List.of(1, "two", Map.of("three", 3)));
    PoolConfig pool = Loaded.in(folder).load(YAML).pools().get("shop");
    assertEquals(
        new PoolConfig(
            "shop",
            Optional.of("com.example.Outer$Shop"),
            List.of(folder + "/lib/*.jar", "/x/classes"),
            3,
            List.of("local", "web"),
            List.of("audit"),
            settings,
            new JvmConfig(
                Optional.of(Path.of("/opt/jdk/bin/java")),
                List.of("-Xlog:gc", "-Dworker=${pool}/${slot}"),
                Optional.of(64L << 20),
                false),
            Map.of("SLOT", "${slot}", "PORT", "8080", "EMPTY", ""),
            Optional.of(folder.resolve("work/${slot}")),
            Duration.ofMinutes(1),
            Duration.ZERO,
            Duration.ofMillis(250),
            0,
            new BackoffConfig(
                Duration.ofSeconds(1), Duration.ofMinutes(2), 1.5, 0, Duration.ofHours(1))),
        pool);
    assertEquals(List.copyOf(settings.keySet()), List.copyOf(pool.settings().keySet()));
  }

  @Test
  void jsonIsReadAsWellAlsoWithTabs() throws ConfigException {
    String json =
        """
        {
        \t"name": "shop",
        \t"listeners": {"web": {"address": "tcp://*:0", "tcp": {"noDelay": false}}},
        \t"pools": {"shop": {"plugin": "a.B", "workers": 2, "config": {"a": [1, null, true]}}}
        }
        """;
    BatonConfig config = Loaded.in(folder).load("test.json", json.getBytes(StandardCharsets.UTF_8));
    assertEquals(2, config.pools().get("shop").workers());
    assertEquals(Map.of("a", Arrays.asList(1, null, true)), config.pools().get("shop").settings());
    assertEquals(new TcpAddress("*", 0), config.listeners().get("web").address());
  }

  /** A key that is added without this test, the documentation and the reference file fails here. */
  @Test
  void theKnownKeysAreTheseAndNoOthers() throws Exception {
    String documentation =
        Files.readString(ShippedFilesTest.root().resolve("docs/configuration.md"));
    String reference = Files.readString(ShippedFilesTest.root().resolve("conf/reference.yaml"));
    for (Map.Entry<String, List<String>> section : KEYS.entrySet()) {
      StringBuilder text = new StringBuilder();
      String indentation = "";
      String path = section.getKey().isEmpty() ? "zzzzzzzz" : section.getKey() + ".zzzzzzzz";
      for (String part : path.split("\\.")) {
        text.append(indentation).append(part).append(":\n");
        indentation += "  ";
      }
      String expected =
          path + ": found an unknown key, allowed: one of " + String.join(", ", section.getValue());
      List<String> problems = Loaded.in(folder).problems(text.toString());
      assertTrue(
          problems.stream().anyMatch(p -> p.endsWith(expected)), expected + " in " + problems);
      for (String key : section.getValue()) {
        assertTrue(documentation.contains("| `" + key + "` |"), key + " in configuration.md");
        assertTrue(
            reference.lines().anyMatch(line -> line.strip().startsWith(key + ":")),
            key + " in reference.yaml");
      }
    }
  }
}
