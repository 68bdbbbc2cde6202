package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.Change.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload makes of two files. */
class ConfigDiffTest {
  private static final String BEFORE =
      """
      name: a
      runtimeDir: /run/a
      listeners:
        web: {address: "tcp://127.0.0.1:8080"}
        api: {address: "tcp://127.0.0.1:8081", mode: dispatch}
        own: {address: "tcp://127.0.0.1:8082", mode: reuseport}
        dns: {address: "udp://127.0.0.1:5353"}
      files:
        key: {path: /etc/key}
      pools:
        one: {plugin: a.B, listeners: [web], files: [key], workers: 2}
        two: {plugin: a.B, listeners: [api, own, dns]}
      """;

  @TempDir Path folder;

  private BatonConfig load(String text) throws ConfigException {
    return Loaded.in(folder).load(text);
  }

  private ConfigDiff diff(String... replacements) throws ConfigException {
    String after = BEFORE;
    for (int i = 0; i < replacements.length; i += 2) {
      assertTrue(after.contains(replacements[i]), replacements[i]);
      after = after.replace(replacements[i], replacements[i + 1]);
    }
    BatonConfig a = load(BEFORE);
    BatonConfig b = load(after);
    ConfigDiff diff = ConfigDiff.of(a, b);
    if (diff.changes().stream().allMatch(Change::possible)) {
      assertEquals(b, diff.applied(c -> true));
    }
    assertEquals(diff.of(Kind.NEEDS_RESTART), ConfigDiff.of(diff.applied(c -> true), b).changes());
    return diff;
  }

  private List<String> texts(String... replacements) throws ConfigException {
    return diff(replacements).changes().stream().map(Change::text).toList();
  }

  @Test
  void nothing() throws ConfigException {
    assertEquals(List.of(), texts());
  }

  @Test
  void theShippedFilesAreEqualToThemselves() throws Exception {
    for (String name : List.of("reference.yaml", "baton.yaml", "vault.yaml", "dns.yaml")) {
      Path file = ShippedFilesTest.root().resolve("conf").resolve(name);
      Map<String, String> environment = Map.of("BATON_RUNTIME_BASE", "/run/test");
      BatonConfig one = ConfigLoader.load(file, Loaded.HOME, environment);
      BatonConfig other = ConfigLoader.load(file, Loaded.HOME, environment);
      assertEquals(List.of(), ConfigDiff.of(one, other).changes(), name);
    }
  }

  @Test
  void listeners() throws ConfigException {
    assertEquals(List.of("listener web: changed: backlog"), texts("8080\"", "8080\", backlog: 10"));
    assertEquals(
        List.of("listener api: changed: mode", "pool two: rolled: listener api"),
        texts(", mode: dispatch", ""));
    assertEquals(
        List.of("listener api: changed: policy", "pool two: rolled: listener api"),
        texts("mode: dispatch", "mode: dispatch, policy: client-hash"));
    assertEquals(
        List.of(
            "listener web: bound anew, tcp://127.0.0.1:9090 instead of tcp://127.0.0.1:8080",
            "pool one: rolled: listener web"),
        texts("8080", "9090"));
    assertEquals(
        List.of(
            "listener new: bound, tcp://127.0.0.1:1",
            "listener web: emptied and ended, tcp://127.0.0.1:8080",
            "pool one: rolled: listeners"),
        texts(
            "web: {address: \"tcp://127.0.0.1:8080\"}",
            "new: {address: \"tcp://127.0.0.1:1\"}",
            "[web]",
            "[new]"));
  }

  @Test
  void whatIsStuckRollsNobody() throws ConfigException {
    assertEquals(
        List.of("listener own: mode: needs a restart of the supervisor"),
        texts(", mode: reuseport", ""));
    assertEquals(
        List.of("listener web: reuseAddress: needs a restart of the supervisor"),
        texts("8080\"", "8080\", tcp: {reuseAddress: false}"));
    assertEquals(
        List.of(
            "name: needs a restart of the supervisor",
            "runtimeDir: needs a restart of the supervisor"),
        texts("name: a", "name: b", "/run/a", "/run/b"));
  }

  @Test
  void pools() throws ConfigException {
    assertEquals(List.of("pool one: scaled from 2 to 3"), texts("workers: 2", "workers: 3"));
    assertEquals(
        List.of("pool one: changed: surge, backoff"),
        texts("workers: 2", "workers: 2, surge: 2, backoff: {initial: 1s}"));
    assertEquals(
        List.of(
            "pool one: changed: stopTimeout",
            "pool one: scaled from 2 to 1",
            "pool one: rolled: config, environment"),
        texts("workers: 2", "workers: 1, stopTimeout: 1s, environment: {A: b}, config: {a: 1}"));
    assertEquals(
        List.of("pool one: drained and ended", "pool three: begins, 2 workers"),
        texts("one:", "three:"));
    assertEquals(
        List.of("pool two: rolled: what failed before"),
        ConfigDiff.of(load(BEFORE), load(BEFORE), Set.of("two")).changes().stream()
            .map(Change::text)
            .toList());
  }

  @Test
  void filesBeforePoolsAndTheirEndAfter() throws ConfigException {
    assertEquals(
        List.of("file pin: opened, /etc/pin", "pool one: rolled: files", "file key: closed"),
        texts("key: {path: /etc/key}", "pin: {path: /etc/pin}", "[key]", "[pin]"));
    assertEquals(
        List.of("file key: opened anew: access"),
        texts("path: /etc/key", "path: /etc/key, access: read-write"));
  }

  @Test
  void whatFailedIsStillToBeDone() throws ConfigException {
    ConfigDiff diff = diff("workers: 2", "workers: 1, config: {a: 1}", "8081", "9091");
    BatonConfig half = diff.applied(c -> c.kind() != Kind.POOL_ROLLED);
    assertEquals(
        List.of("pool one: scaled from 2 to 1", "pool one: rolled: config"),
        ConfigDiff.of(half, diff.wanted()).changes().stream().map(Change::text).toList());
  }
}
