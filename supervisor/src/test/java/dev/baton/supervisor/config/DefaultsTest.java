package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.ExitSet;
import dev.baton.supervisor.core.RestartRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins what a key has when it is left out. */
class DefaultsTest {

  @TempDir Path folder;

  @Test
  void listenerDefaults() throws ConfigException {
    BatonConfig config =
        Loaded.in(folder)
            .load(
                """
                listeners:
                  web:
                    address: tcp://127.0.0.1:80
                  local:
                    address: unix:/run/x.sock
                """);
    TcpOptions tcp = new TcpOptions(true, false, true, Optional.empty(), 0, false);
    UnixOptions unix = new UnixOptions(0660, Optional.empty(), Optional.empty());
    UdpOptions udp = new UdpOptions(false, 0, 0, false, List.of(), Optional.empty());
    assertEquals(
        Map.of(
            "web",
            new ListenerConfig(
                "web",
                new TcpAddress("127.0.0.1", 80),
                ListenerMode.SHARED,
                4096,
                DispatchPolicy.ROUND_ROBIN,
                tcp,
                unix,
                udp),
            "local",
            new ListenerConfig(
                "local",
                UnixAddress.of(Path.of("/run/x.sock")),
                ListenerMode.SHARED,
                4096,
                DispatchPolicy.ROUND_ROBIN,
                tcp,
                unix,
                udp)),
        config.listeners());
  }

  @Test
  void fileDefaults() throws ConfigException {
    BatonConfig config = Loaded.in(folder).load("files: {lines: {path: /x/lines}}");
    assertEquals(
        Map.of("lines", new FileConfig("lines", Path.of("/x/lines"), FileAccess.READ, false, 0640)),
        config.files());
  }

  @Test
  void poolDefaults() throws ConfigException {
    BatonConfig config = Loaded.in(folder).load("pools: {shop: {plugin: com.example.Shop}}");
    assertEquals(
        new PoolConfig(
            "shop",
            Optional.of("com.example.Shop"),
            List.of(),
            1,
            List.of(),
            List.of(),
            Map.of(),
            new JvmConfig(Optional.empty(), List.of(), Optional.empty(), true),
            Map.of(),
            Optional.empty(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            1,
            0,
            new BackoffConfig(
                Duration.ofMillis(200),
                Duration.ofSeconds(30),
                2,
                0.2,
                Duration.ofSeconds(10),
                10,
                Duration.ofMinutes(5)),
            StartMode.ALWAYS,
            Duration.ofMinutes(5),
            new DispatchConfig(
                10_000, 256, Duration.ofSeconds(1), Duration.ofSeconds(5), List.of()),
            new SupervisionConfig(
                RestartRules.Policy.ALWAYS,
                ExitSet.NONE,
                ExitSet.NONE,
                List.of(),
                new HeartbeatConfig(Duration.ofSeconds(5), 3, Duration.ofSeconds(1)),
                Duration.ofMinutes(5),
                RecycleConfig.NONE),
            OpenPolicyConfig.NONE,
            Optional.empty(),
            Optional.empty(),
            ConfinementConfig.NONE,
            PoolLogConfig.DEFAULTS),
        config.pools().get("shop"));
  }

  @Test
  void whatIsRestartedDecidesWhatIsExpected() throws ConfigException {
    ExitSet zero = new ExitSet(Set.of(0), Set.of());
    for (String policy : List.of("on-failure", "never")) {
      assertEquals(zero, supervision("restart: " + policy).expectedExits(), policy);
    }
    assertEquals(
        ExitSet.NONE, supervision("restart: on-failure, expectedExits: []").expectedExits());
    assertEquals(zero, supervision("expectedExits: [0]").expectedExits());
  }

  private SupervisionConfig supervision(String keys) throws ConfigException {
    String text = "pools: {shop: {plugin: a.B, " + keys + "}}";
    return Loaded.in(folder).load(text).pools().get("shop").supervision();
  }

  @Test
  void aPoolWithAClassPathNeedsNoPlugin() throws ConfigException {
    BatonConfig config = Loaded.in(folder).load("pools: {shop: {classPath: [/x.jar]}}");
    assertEquals(Optional.empty(), config.pools().get("shop").plugin());
  }

  @Test
  void instanceDefaults() throws ConfigException {
    BatonConfig config = Loaded.in(folder).load("pools:\n");
    assertEquals(folder.resolve("test.yaml"), config.file());
    assertEquals(Map.of(), config.listeners());
    assertEquals(Map.of(), config.files());
    assertEquals(Map.of(), config.pools());
    assertEquals(new LogConfig(5, 3, LogConfig.Format.TEXT), config.logs());
  }

  @Test
  void sectionsWithoutContentCountAsLeftOut() throws ConfigException {
    String text =
        """
        listeners:
        files:
        logs:
        pools:
          shop:
            plugin: a.B
            classPath:
            listeners:
            files:
            config:
            jvm:
            environment:
            backoff:
        """;
    String without = "pools: {shop: {plugin: a.B}}";
    assertEquals(Loaded.in(folder).load(without), Loaded.in(folder).load(text));
  }

  @Test
  void theNameIsMadeFromTheFileAndIsAlwaysTheSame() throws Exception {
    // printf %s /etc/baton/My_Shop.v2.yaml | sha256sum
    assertEquals(
        "my-shop-v2-79ce1b12", InstanceReader.nameOf(Path.of("/etc/baton/My_Shop.v2.yaml")));
    String text = "logs: {}";
    Path other = Files.createDirectory(folder.resolve("other"));
    String name = Loaded.in(folder).load(text).name();
    assertTrue(name.matches("test-[0-9a-f]{8}"), name);
    assertEquals(name, Loaded.in(folder).load(text).name());
    assertTrue(!name.equals(Loaded.in(other).load(text).name()), "another file, another name");
  }

  @Test
  void theNameAlwaysFits() {
    for (String odd :
        List.of(
            "a".repeat(80) + ".yaml",
            "My %& Shop.yaml",
            "---.yaml",
            ".yaml",
            "x",
            "a-".repeat(20))) {
      String name = InstanceReader.nameOf(Path.of("/etc", odd));
      assertTrue(Names.valid(name), name);
    }
    assertTrue(InstanceReader.nameOf(Path.of("/etc/---.yaml")).startsWith("baton-"));
  }

  @Test
  void theRuntimeDirectoryComesFromTheEnvironment() throws ConfigException {
    String named = "name: shop";
    Loaded loaded = Loaded.in(folder);
    Map<String, String> both = Map.of("BATON_RUNTIME_BASE", "/b", "XDG_RUNTIME_DIR", "/xdg");
    assertEquals(Path.of("/b/shop"), loaded.with(both).load(named).runtimeDir());
    Map<String, String> empty = Map.of("BATON_RUNTIME_BASE", "", "XDG_RUNTIME_DIR", "/xdg");
    assertEquals(Path.of("/xdg/baton/shop"), loaded.with(empty).load(named).runtimeDir());
  }

  @Test
  void theLastResortOfTheRuntimeDirectoryNamesTheUser() throws Exception {
    Object uid = Files.getAttribute(folder, "unix:uid");
    Path expected = Path.of("/tmp/baton-" + uid + "/shop");
    Loaded loaded = Loaded.in(folder);
    assertEquals(expected, loaded.with(Map.of()).load("name: shop").runtimeDir());
    Map<String, String> relative = Map.of("XDG_RUNTIME_DIR", "run");
    assertEquals(expected, loaded.with(relative).load("name: shop").runtimeDir());
  }

  @Test
  void nothingOfAConfigurationCanBeChanged() throws ConfigException {
    BatonConfig config =
        Loaded.in(folder)
            .load("pools: {a: {plugin: a.B, config: {m: {k: 1}, l: [1]}}, b: {plugin: a.B}}");
    Map<String, Object> settings = config.pools().get("a").settings();
    assertUnmodifiable(config.pools());
    assertUnmodifiable(config.listeners());
    assertUnmodifiable(config.files());
    assertUnmodifiable(settings);
    assertUnmodifiable((Map<?, ?>) settings.get("m"));
    List<?> list = (List<?>) settings.get("l");
    assertThrows(UnsupportedOperationException.class, list::clear);
  }

  private static void assertUnmodifiable(Map<?, ?> map) {
    assertThrows(UnsupportedOperationException.class, map::clear);
  }
}
