package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One case per kind of mistake: the line, the key, what was found, what is allowed. */
class ProblemShapesTest {

  @TempDir Path folder;

  private final Mistakes mistakes = new Mistakes();

  private static Stream<Arguments> mistakes() {
    ProblemShapesTest all = new ProblemShapesTest();
    all.shapes();
    all.instance();
    all.files();
    all.logs();
    return all.mistakes.cases();
  }

  private void shapes() {
    mistakes.mistake("", 1, "", "an empty file", Mistakes.SHAPE);
    mistakes.mistake("# nothing\n", 1, "", "an empty file", Mistakes.SHAPE);
    mistakes.mistake("---\n", 2, "", "an empty document", Mistakes.SHAPE);
    mistakes.mistake("hello", 1, "", "\"hello\"", Mistakes.SHAPE);
    mistakes.mistake("- a\n- b\n", 1, "", "a list", Mistakes.SHAPE);
    mistakes.mistake("7", 1, "", "7", Mistakes.SHAPE);
    mistakes.mistake(
        "name: a\nname: b\n", 2, "name", "the same key again (first in line 1)", "each key once");
    mistakes.mistake(
        "name: a\n---\nname: b\n", 3, "", "a second document", "one document in a file");
    String plain = "plain values (no YAML anchors, aliases or tags)";
    mistakes.mistake("name: !!str a\n", 1, "name", "a tag", plain);
    mistakes.mistake("pools: &a {}\n", 1, "pools", "an anchor", plain);
    mistakes.mistake("name: *a\n", 1, "name", "an alias", plain);
    mistakes.mistake(
        "a:\n\tb: 1\n", 2, "", "a tab where the line is indented", "spaces for indentation");
    mistakes.mistake(
        "name: a\nlogs: b: c\n",
        2,
        "",
        "YAML that cannot be read (mapping values are not allowed here)",
        "well-formed YAML");
    mistakes.mistake(
        "name: a\nlogs: \"b\nfiles: c\n",
        2,
        "",
        "YAML that cannot be read (while scanning a quoted scalar: found unexpected end of stream)",
        "well-formed YAML");
    mistakes.mistake(
        "[".repeat(40), 1, "", "mappings and lists nested deeper than 32", "at most 32 levels");
    mistakes.mistake("pools: 3\n", 1, "pools", "3", "a mapping");
    mistakes.mistake("pools:\n  p: [a]\n", 2, "pools.p", "a list", "a mapping");
    mistakes.mistake("logs: yes\n", 1, "logs", "\"yes\"", "a mapping");
    String top = "one of admin, files, include, listeners, logs, name, pools, runtimeDir, services";
    mistakes.mistake("pool: {}\n", 1, "pool", "an unknown key (did you mean \"pools\"?)", top);
    mistakes.mistake(
        "runtime_dir: /x\n",
        1,
        "runtime_dir",
        "an unknown key (did you mean \"runtimeDir\"?)",
        top);
    mistakes.mistake("name: a\nwhatever: 1\n", 2, "whatever", "an unknown key", top);
    mistakes.mistake("\"a b\\n\": 1\n", 1, "\"a b\\n\"", "an unknown key", top);
  }

  private void instance() {
    mistakes.mistake("name: My Shop\n", 1, "name", "\"My Shop\"", Mistakes.NAME);
    mistakes.mistake(
        "name: " + "a".repeat(33), 1, "name", '"' + "a".repeat(33) + '"', Mistakes.NAME);
    mistakes.mistake("name:\n", 1, "name", "nothing", Mistakes.NAME);
    mistakes.mistake("runtimeDir: [a]\n", 1, "runtimeDir", "a list", "a path");
    mistakes.mistake("runtimeDir: ''\n", 1, "runtimeDir", "\"\"", "a path");
    String notHere = "${baton.runtime} not in name and runtimeDir";
    mistakes.mistake(
        "runtimeDir: ${baton.runtime}/x\n", 1, "runtimeDir", "\"${baton.runtime}\"", notHere);
    String longest = "/run/" + "a".repeat(92);
    mistakes.mistake(
        "\nruntimeDir: " + longest + "\n",
        2,
        "runtimeDir",
        "the socket path \"" + (longest + "/admin.sock").substring(0, 80) + "…\" of 108 bytes",
        "at most 107 bytes");
  }

  private void files() {
    mistakes.mistake("files:\n  f:\n    access: read\n", 2, "files.f.path", "nothing", "a path");
    mistakes.mistake("files:\n  f: /x\n", 2, "files.f", "\"/x\"", "a mapping");
    mistakes.mistake("files:\n  -f: {path: /x}\n", 2, "files.-f", "\"-f\"", Mistakes.NAME);
    mistakes.mistake(
        "files:\n  f:\n    path: /x\n    access: rw\n",
        4,
        "files.f.access",
        "\"rw\"",
        "one of read, write, read-write, append");
    mistakes.mistake(
        "files:\n  f:\n    path: /x\n    create: true\n",
        4,
        "files.f.create",
        "true with access read",
        "true with access write, read-write or append");
    mistakes.mistake(
        "files:\n  f:\n    path: \"/a\\0b\"\n",
        3,
        "files.f.path",
        "a NUL character",
        "text without NUL");
    mistakes.mistake(
        "files: {f: {path: /x, permissions: 640}}",
        1,
        "files.f.permissions",
        "640",
        Mistakes.OCTAL);
  }

  private void logs() {
    mistakes.mistake(
        "logs: {keepPerSlot: -1}", 1, "logs.keepPerSlot", "-1", "a whole number from 0 to 1000");
    mistakes.mistake(
        "logs: {keepEvidence: x}",
        1,
        "logs.keepEvidence",
        "\"x\"",
        "a whole number from 0 to 1000");
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isReported(String text, String expected) {
    String name = InstanceReader.nameOf(folder.resolve("test.yaml"));
    String problem = expected.replace("NAME/admin", name + "/admin");
    assertEquals(List.of(problem), Loaded.in(folder).problems(text));
  }

  @Test
  void thereAreAtMost64OfEach() {
    StringBuilder text = new StringBuilder("name: x\nfiles:\n");
    for (int i = 0; i < 65; i++) {
      text.append("  f").append(i).append(": {path: /x}\n");
    }
    assertEquals(
        List.of("test.yaml:2: files: found 65 of them, allowed: at most 64"),
        Loaded.in(folder).problems(text.toString()));
  }

  @Test
  void afterAThousandProblemsTheRestIsOnlyCounted() {
    String text = "x: [" + "*a, ".repeat(2000) + "*a]\n";
    List<String> problems = Loaded.in(folder).problems(text);
    assertEquals(Problems.MOST + 1, problems.size());
    assertEquals("test.yaml: found 1002 more problems, allowed: none", problems.get(Problems.MOST));
  }

  @Test
  void allProblemsAreReportedAtOnceInTheOrderOfTheLines() {
    String text =
        """
        pools:
          hello:
            workers: two
            listeners: [web]
            wokers: 3
        listeners:
          web:
            address: tcp://h:x
        nme: shop
        """;
    List<String> starts =
        Loaded.in(folder).problems(text).stream()
            .map(problem -> problem.substring(0, problem.indexOf(": found")))
            .toList();
    assertEquals(
        List.of(
            "test.yaml:2: pools.hello.plugin",
            "test.yaml:3: pools.hello.workers",
            "test.yaml:5: pools.hello.wokers",
            "test.yaml:8: listeners.web.address",
            "test.yaml:9: nme"),
        starts);
  }

  @Test
  void aBadEnvironmentIsAProblemOfTheRuntimeDirectory() {
    Loaded loaded = Loaded.in(folder).with(Map.of("BATON_RUNTIME_BASE", "run"));
    assertEquals(
        List.of(
            "test.yaml:1: runtimeDir: found BATON_RUNTIME_BASE=\"run\" in the environment,"
                + " allowed: an absolute path"),
        loaded.problems("name: x"));
  }

  @Test
  void theMessageOfTheExceptionIsAllProblemsOnePerLine() {
    Problem one = new Problem(Path.of("conf/baton.yaml"), 12, "a.b", "\"two\"", "a number");
    Problem two = new Problem(Path.of("conf/baton.yaml"), 0, "", "no such file", "a file");
    assertEquals(
        "conf/baton.yaml:12: a.b: found \"two\", allowed: a number\n"
            + "conf/baton.yaml: found no such file, allowed: a file",
        new ConfigException(List.of(one, two)).getMessage());
  }
}
