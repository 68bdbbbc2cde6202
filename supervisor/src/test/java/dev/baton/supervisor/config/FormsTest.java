package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, sizes, addresses, near misses and warnings. */
class FormsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"0ms,0", "500ms,500", "5s,5000", "2m,120000", "1h,3600000", "1d,86400000"})
  void durations(String text, long millis) {
    assertEquals(Optional.of(Duration.ofMillis(millis)), Durations.parse(text));
    assertEquals(text, Durations.format(Duration.ofMillis(millis)));
  }

  @Test
  void theLongestDurationFits() {
    assertEquals(Optional.of(Duration.ofDays(999_999_999)), Durations.parse("999999999d"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5 s", "-5s", "+5s", "5S", "1h30m", "1.5s", "٣s", "5us"})
  void noDurations(String text) {
    assertEquals(Optional.empty(), Durations.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "4096,4096",
    "512k,524288",
    "512K,524288",
    "64m,67108864",
    "1g,1073741824",
    "999999999g,1073741822926258176"
  })
  void sizes(String text, long bytes) {
    assertEquals(OptionalLong.of(bytes), Sizes.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "64 m", "64mb", "-1", "1.5g", "1t", "9999999999g"})
  void noSizes(String text) {
    assertEquals(OptionalLong.empty(), Sizes.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://127.0.0.1:8080",
        "tcp://[::]:0",
        "tcp://*:65535",
        "tcp://shop.example.com:80",
        "tcp://localhost:80",
        "tcp://[fe80::1%eth0]:80",
        "tcp://[::ffff:10.0.0.1]:80",
        "udp://127.0.0.1:53",
        "udp://[::]:0",
        "udp://*:65535",
        "unix:/run/x.sock",
        "unix:@x",
        "unix:@/a/b!@~",
        "unixgram:/run/x.sock",
        "unixgram:@x"
      })
  void addresses(String uri) throws ConfigException {
    BatonConfig config = Loaded.in(folder).load("listeners: {a: {address: '" + uri + "'}}");
    assertEquals(uri, config.listeners().get("a").address().uri());
  }

  @Test
  void relativeAndTripleSlashSocketPaths() throws ConfigException {
    BatonConfig config =
        Loaded.in(folder)
            .load("listeners: {a: {address: 'unix:../x'}, b: {address: 'unix:///run/y'}}");
    assertEquals(UnixAddress.of(folder.resolveSibling("x")), config.listeners().get("a").address());
    assertEquals(UnixAddress.of(Path.of("/run/y")), config.listeners().get("b").address());
  }

  @Test
  void theLengthOfASocketPathIsCountedInBytes() throws ConfigException {
    String encoding = System.getProperty("sun.jnu.encoding");
    boolean possible = Charset.forName(encoding).newEncoder().canEncode('ä');
    assumeTrue(possible, "file names in " + encoding + " have no such letter");
    String fits = "/" + "ä".repeat(53);
    String text = "listeners: {a: {address: 'unix:" + fits;
    BatonConfig config = Loaded.in(folder).load(text + "'}}");
    assertEquals(UnixAddress.of(Path.of(fits)), config.listeners().get("a").address());
    String problem = Loaded.in(folder).problems(text + "x'}}").get(0);
    assertTrue(problem.endsWith("of 108 bytes, allowed: at most 107 bytes"), problem);
  }

  @Test
  void theLengthOfAnAbstractNameIsCountedWithoutTheSign() throws ConfigException {
    String longest = "@" + "x".repeat(107);
    BatonConfig config =
        Loaded.in(folder).load("listeners: {a: {address: 'unix:" + longest + "'}}");
    UnixName name = config.listeners().get("a").address().unixName().orElseThrow();
    assertEquals(new UnixName(longest), name);
    assertTrue(name.isAbstract());
    assertEquals("x".repeat(107), name.abstractName());
    assertThrows(IllegalStateException.class, name::path);
  }

  @ParameterizedTest
  @CsvSource({
    "tcp://*:53,udp://*:53",
    "unix:@x,unixgram:@x",
    "unix:@x,unix:@y",
    "unix:@/x,unix:/x",
    "tcp://127.0.0.1:53,tcp://127.0.0.2:53"
  })
  void theseDoNotClash(String one, String two) throws ConfigException {
    BatonConfig config =
        Loaded.in(folder)
            .load("listeners: {a: {address: '%s'}, b: {address: '%s'}}".formatted(one, two));
    assertEquals(2, config.listeners().size());
  }

  @Test
  void onlyWhatIsNotSharedBelongsToOnePool() throws ConfigException {
    BatonConfig config =
        Loaded.in(folder)
            .load(
                """
                listeners:
                  open: {address: 'tcp://*:0'}
                  split: {address: 'tcp://*:0', mode: reuseport}
                  given: {address: 'unix:/x', mode: dispatch, policy: least-connections}
                pools:
                  a: {plugin: a.B, listeners: [open, split]}
                  b: {plugin: a.B, listeners: [given, open], dispatch: {weights: [100]}}
                """);
    assertEquals(List.of("given", "open"), config.pools().get("b").listeners());
    assertEquals(List.of(), config.warnings());
  }

  @ParameterizedTest
  @CsvSource({
    "*,239.1.2.3",
    "*,ff02::fb",
    "[::],239.1.2.3",
    "0.0.0.0,239.1.2.3",
    "239.1.2.3,239.1.2.3",
    "[ff02::fb],ff02:0::fb",
    "example.com,239.1.2.3"
  })
  void groupsWhoseDatagramsArrive(String host, String group) throws ConfigException {
    BatonConfig config =
        Loaded.in(folder)
            .load(
                "listeners: {a: {address: 'udp://%s:1', udp: {multicast: ['%s']}}}"
                    .formatted(host, group));
    assertEquals(List.of(group), config.listeners().get("a").udp().multicast());
  }

  @Test
  void port0MayBeThereTwice() throws ConfigException {
    BatonConfig config =
        Loaded.in(folder).load("listeners: {a: {address: 'tcp://*:0'}, b: {address: 'tcp://*:0'}}");
    assertEquals(2, config.listeners().size());
  }

  @Test
  void addressRecordsKeepTheirOwnRules() {
    assertThrows(IllegalArgumentException.class, () -> new TcpAddress("h", 65536));
    assertThrows(IllegalArgumentException.class, () -> new UdpAddress("h", -1));
    assertThrows(IllegalArgumentException.class, () -> UnixAddress.of(Path.of("x")));
    assertThrows(IllegalArgumentException.class, () -> UnixDatagramAddress.of(Path.of("x")));
    for (String bad : List.of("", "x", "@", "@a\0b", "/a\0b")) {
      assertThrows(IllegalArgumentException.class, () -> new UnixName(bad), bad);
    }
    UnixName path = UnixName.of(Path.of("/x"));
    assertEquals(Path.of("/x"), path.path());
    assertThrows(IllegalStateException.class, path::abstractName);
  }

  @ParameterizedTest
  @CsvSource({
    "wokers,workers",
    "worker,workers",
    "class-path,classPath",
    "CLASS_PATH,classPath",
    "plugni,plugin",
    "sruge,surge"
  })
  void nearMisses(String wrong, String meant) {
    List<String> keys = List.of("classPath", "plugin", "surge", "workers");
    assertEquals(Optional.of(meant), Nearest.to(wrong, keys));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "threads", "path", "---"})
  void noNearMisses(String wrong) {
    assertEquals(
        Optional.empty(), Nearest.to(wrong, List.of("classPath", "plugin", "surge", "workers")));
    assertEquals(Optional.empty(), Nearest.to("workers".repeat(100), List.of("workers")));
  }

  @Test
  void warnings() throws ConfigException {
    Loaded loaded = Loaded.in(folder);
    assertEquals(
        List.of(
            "listener b is used by no pool: its clients will wait",
            "file f is used by no pool",
            "pool p has both jvm.heap and -Xmx in jvm.options"),
        loaded
            .load(
                """
                listeners: {a: {address: 'tcp://*:0'}, b: {address: 'tcp://*:0'}}
                files: {f: {path: x}}
                pools:
                  p: {plugin: a.B, listeners: [a], jvm: {heap: 64m, options: [-Xmx64m]}}
                  q: {plugin: a.C, listeners: [a]}
                """)
            .warnings());
    assertEquals(
        List.of(
            "listener a has an abstract name, which has no permissions: whoever is in this network"
                + " namespace may connect",
            "listener b is used by no pool: its datagrams will be lost"),
        loaded
            .load(
                """
                listeners: {a: {address: 'unix:@a'}, b: {address: 'udp://*:0'}}
                pools: {p: {plugin: a.B, listeners: [a]}}
                """)
            .warnings());
    assertEquals(
        List.of("there are no pools: nothing will run"), loaded.load("name: a").warnings());
  }

  @Test
  void longAndOddTextsStayOnOneLine() {
    assertEquals("\"a\\nb\\t\\u0007\\u2028\"", Words.quote("a\nb\t\u0007\u2028"));
    assertTrue(Words.quote("x".repeat(1000)).length() < 100);
    String pairs = "😀".repeat(100);
    assertEquals('"' + "😀".repeat(40) + "…\"", Words.quote(pairs));
    assertEquals("\"a" + "😀".repeat(39) + "…\"", Words.quote("a" + pairs));
  }
}
