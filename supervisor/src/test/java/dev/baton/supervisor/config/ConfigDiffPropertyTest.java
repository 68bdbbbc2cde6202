package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.supervisor.config.Change.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/** Of any two configurations: nothing leads from one to itself, and all of it to the other. */
class ConfigDiffPropertyTest {
  private static final List<String> ADDRESSES =
      List.of("tcp://127.0.0.1:%d", "udp://127.0.0.1:%d", "unix:/run/x/%d.sock");
  private static final List<String> LISTENER_KEYS =
      List.of("", ", backlog: 7", ", mode: dispatch", ", mode: reuseport", ", policy: client-hash");
  private static final List<String> POOL_KEYS =
      List.of(
          "workers: 3",
          "surge: 2",
          "spares: 1",
          "stopTimeout: 1s",
          "drainTimeout: 1s",
          "config: {a: 1}",
          "config: {a: 2}",
          "jvm: {heap: 64m}",
          "restart: never",
          "umask: '0022'",
          "open: [{root: /srv}]",
          "connect: ['tcp://10.0.0.0/8:80']",
          "maxConnections: 5",
          "files: [f]");

  private static Path folder;

  @BeforeContainer
  static void prepare() throws Exception {
    folder = Files.createTempDirectory("baton-diff");
  }

  @AfterContainer
  static void cleanUp() throws Exception {
    Files.deleteIfExists(folder.resolve("test.yaml"));
    Files.delete(folder);
  }

  private static BatonConfig load(String text) {
    try {
      return Loaded.in(folder).load(text);
    } catch (ConfigException e) {
      return null; // not every combination is one
    }
  }

  @Property(tries = 100)
  void nothingLeadsToItself(@ForAll("texts") String text) {
    BatonConfig one = load(text);
    if (one != null) {
      assertEquals(List.of(), ConfigDiff.of(one, load(text)).changes());
      assertEquals(one, ConfigDiff.of(one, one).applied(c -> false));
    }
  }

  @Property(tries = 300)
  void allOfItLeadsToTheOther(@ForAll("texts") String before, @ForAll("texts") String after) {
    BatonConfig a = load(before);
    BatonConfig b = load(after);
    Statistics.collect(a != null && b != null);
    Statistics.coverage(c -> c.check(true).percentage(p -> p > 20));
    if (a == null || b == null) {
      return;
    }
    ConfigDiff diff = ConfigDiff.of(a, b);
    BatonConfig applied = diff.applied(c -> true);
    List<Change> stuck = diff.of(Kind.NEEDS_RESTART);
    assertEquals(stuck, ConfigDiff.of(applied, b).changes());
    if (stuck.isEmpty()) {
      assertEquals(b, applied);
      assertEquals(a.equals(b), diff.isEmpty());
      assertEquals(List.copyOf(b.pools().keySet()), List.copyOf(applied.pools().keySet()));
    }
    BatonConfig none = diff.applied(c -> false);
    assertEquals(a.pools(), none.pools());
    assertEquals(a.listeners(), none.listeners());
    assertEquals(a.files(), none.files());
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Map<String, String>> listeners =
        sections(
            Combinators.combine(
                    Arbitraries.of(ADDRESSES),
                    Arbitraries.integers().between(1, 3),
                    Arbitraries.of(LISTENER_KEYS))
                .as((a, n, keys) -> "address: '" + a.formatted(n) + "'" + keys));
    Arbitrary<Map<String, String>> pools =
        sections(
            Arbitraries.subsetOf(POOL_KEYS)
                .ofMaxSize(3)
                .map(keys -> "plugin: a.B, " + String.join(", ", keys)));
    return Combinators.combine(listeners, pools, Arbitraries.integers().between(0, 9))
        .as(ConfigDiffPropertyTest::text);
  }

  private static Arbitrary<Map<String, String>> sections(Arbitrary<String> content) {
    return Arbitraries.maps(Arbitraries.of("a", "b", "c"), content).ofMaxSize(3);
  }

  private static String text(Map<String, String> listeners, Map<String, String> pools, int more) {
    Map<String, String> uses = new LinkedHashMap<>(pools);
    if (more > 4) { // one of the pools has all that one pool can have
      uses.replaceAll(
          (name, keys) -> {
            String own =
                String.join(", ", listeners.keySet().stream().filter(name::equals).toList());
            return keys + ", listeners: [" + own + "]";
          });
    }
    StringBuilder text = new StringBuilder("name: " + (more == 9 ? "other" : "a") + "\n");
    text.append("runtimeDir: /run/a\nfiles:\n  f: {path: /etc/f").append(more % 2).append("}\n");
    text.append("listeners:\n");
    listeners.forEach((name, l) -> text.append("  ").append(name).append(": {" + l + "}\n"));
    text.append("pools:\n");
    uses.forEach((name, p) -> text.append("  ").append(name).append(": {" + p + "}\n"));
    return text.toString();
  }
}
