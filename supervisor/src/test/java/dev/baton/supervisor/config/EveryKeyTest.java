package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.core.ExitSet;
import dev.baton.supervisor.core.RestartRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        questions:
          address: udp://*:53
          udp:
            reuseAddress: true
            receiveBuffer: 4m
            sendBuffer: 65536
            ipv6Only: false
            multicast: [239.1.2.3, "ff02::fb"]
            multicastInterface: eth0
        names:
          address: udp://127.0.0.1:53
          mode: reuseport
        lines:
          address: unixgram:@lines
        given:
          address: tcp://127.0.0.1:0
          mode: dispatch
          policy: client-hash
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
          log: {to: json, maxSize: 16m, maxAge: 24h, keep: 3}
          spares: 0
          backoff:
            initial: 1s
            max: 2m
            factor: 1.5
            jitter: 0
            stableAfter: 1h
            intensity: 3
            period: 20s
          restart: on-failure
          expectedExits: [0, 130, SIGTERM]
          permanentExits: ["78", SIGSEGV]
          after: [late, dns]
          orphanTimeout: 7m
          heartbeat: {period: 2s, missed: 4, dumpTimeout: 700ms}
          recycle:
            maxAge: 12h
            maxConnections: 100000
            maxRequests: 1000000
            maxMemory: 1g
            schedule: "0 4 * * *"
        late:
          plugin: com.example.Late
          listeners: [given]
          start: on-demand
          idleTimeout: 30s
          dispatch:
            maxConnections: 7
            maxUnclaimed: 3
            recallAfter: 100ms
            recallTimeout: 2s
            weights: [3, 1]
        dns:
          plugin: com.example.Dns
          listeners: [questions, names, lines]
      logs:
        keepPerSlot: 7
        keepEvidence: 0
        supervisor: json
      """;

  @TempDir Path folder;

  @Test
  void everyKeyReachesItsRecord() throws ConfigException {
    BatonConfig config = Loaded.in(folder).load(YAML);
    assertEquals("shop-1", config.name());
    assertEquals(Path.of("/run/shop"), config.runtimeDir());
    assertEquals(new LogConfig(7, 0, LogConfig.Format.JSON), config.logs());
    assertEquals(
        List.of("web", "local", "questions", "names", "lines", "given"),
        List.copyOf(config.listeners().keySet()));
    assertEquals(
        new ListenerConfig(
            "web",
            new TcpAddress("::1", 8080),
            ListenerMode.SHARED,
            128,
            DispatchPolicy.ROUND_ROBIN,
            new TcpOptions(false, true, false, Optional.of(Duration.ofSeconds(5)), 16, true),
            UnixOptions.DEFAULTS,
            UdpOptions.DEFAULTS),
        config.listeners().get("web"));
    assertEquals(
        new ListenerConfig(
            "local",
            UnixAddress.of(folder.resolve("local.sock")),
            ListenerMode.SHARED,
            4096,
            DispatchPolicy.ROUND_ROBIN,
            TcpOptions.DEFAULTS,
            new UnixOptions(0600, Optional.of("www-data"), Optional.of("33")),
            UdpOptions.DEFAULTS),
        config.listeners().get("local"));
    assertEquals(
        new FileConfig("audit", folder.resolveSibling("audit.log"), FileAccess.APPEND, true, 0600),
        config.files().get("audit"));
    assertEquals(
        List.of(
            "listener lines has an abstract name, which has no permissions: whoever is in this"
                + " network namespace may send to it"),
        config.warnings());
  }

  @Test
  void everyKeyOfTheOtherModesReachesItsRecord() throws ConfigException {
    Map<String, ListenerConfig> listeners = Loaded.in(folder).load(YAML).listeners();
    UdpOptions udp =
        new UdpOptions(
            true, 4 << 20, 65536, false, List.of("239.1.2.3", "ff02::fb"), Optional.of("eth0"));
    assertEquals(
        listener("questions", new UdpAddress("*", 53), ListenerMode.SHARED, udp),
        listeners.get("questions"));
    assertEquals(
        listener("names", new UdpAddress("127.0.0.1", 53), ListenerMode.REUSEPORT),
        listeners.get("names"));
    assertEquals(
        listener("lines", new UnixDatagramAddress(new UnixName("@lines")), ListenerMode.SHARED),
        listeners.get("lines"));
    assertEquals(DispatchPolicy.CLIENT_HASH, listeners.get("given").policy());
    assertEquals(ListenerMode.DISPATCH, listeners.get("given").mode());
  }

  private static ListenerConfig listener(String name, ListenAddress address, ListenerMode mode) {
    return listener(name, address, mode, UdpOptions.DEFAULTS);
  }

  private static ListenerConfig listener(
      String name, ListenAddress address, ListenerMode mode, UdpOptions udp) {
    return new ListenerConfig(
        name,
        address,
        mode,
        4096,
        DispatchPolicy.ROUND_ROBIN,
        TcpOptions.DEFAULTS,
        UnixOptions.DEFAULTS,
        udp);
  }

  @Test
  void everyKeyOfADispatchedPoolReachesItsRecord() throws ConfigException {
    PoolConfig pool = Loaded.in(folder).load(YAML).pools().get("late");
    assertEquals(StartMode.ON_DEMAND, pool.start());
    assertEquals(Duration.ofSeconds(30), pool.idleTimeout());
    assertEquals(
        new DispatchConfig(7, 3, Duration.ofMillis(100), Duration.ofSeconds(2), List.of(3, 1)),
        pool.dispatch());
    assertEquals(3, pool.dispatch().weight(0));
    assertEquals(1, pool.dispatch().weight(1));
    assertEquals(1, pool.dispatch().weight(2), "a slot beyond the list");
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
            0,
            new BackoffConfig(
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                1.5,
                0,
                Duration.ofHours(1),
                3,
                Duration.ofSeconds(20)),
            StartMode.ALWAYS,
            PoolConfig.DEFAULT_IDLE_TIMEOUT,
            DispatchConfig.DEFAULTS,
            new SupervisionConfig(
                RestartRules.Policy.ON_FAILURE,
                new ExitSet(Set.of(0, 130), Set.of(15)),
                new ExitSet(Set.of(78), Set.of(11)),
                List.of("late", "dns"),
                new HeartbeatConfig(Duration.ofSeconds(2), 4, Duration.ofMillis(700)),
                Duration.ofMinutes(7),
                new RecycleConfig(
                    Duration.ofHours(12),
                    100_000,
                    1_000_000,
                    1L << 30,
                    CronSchedule.parse("0 4 * * *"))),
            OpenPolicyConfig.NONE,
            Optional.empty(),
            Optional.empty(),
            ConfinementConfig.NONE,
            new PoolLogConfig(PoolLogConfig.To.JSON, 16L << 20, Duration.ofDays(1), 3)),
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
}
