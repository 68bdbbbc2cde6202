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
        "unix:/run/x.sock"
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
    assertEquals(
        new UnixAddress(folder.resolveSibling("x")), config.listeners().get("a").address());
    assertEquals(new UnixAddress(Path.of("/run/y")), config.listeners().get("b").address());
  }

  @Test
  void theLengthOfASocketPathIsCountedInBytes() throws ConfigException {
    String encoding = System.getProperty("sun.jnu.encoding");
    boolean possible = Charset.forName(encoding).newEncoder().canEncode('ä');
    assumeTrue(possible, "file names in " + encoding + " have no such letter");
    String fits = "/" + "ä".repeat(53);
    String text = "listeners: {a: {address: 'unix:" + fits;
    BatonConfig config = Loaded.in(folder).load(text + "'}}");
    assertEquals(new UnixAddress(Path.of(fits)), config.listeners().get("a").address());
    String problem = Loaded.in(folder).problems(text + "x'}}").get(0);
    assertTrue(problem.endsWith("of 108 bytes, allowed: at most 107 bytes"), problem);
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
    assertThrows(IllegalArgumentException.class, () -> new UnixAddress(Path.of("x")));
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
