package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One case per kind of mistake in a pool: the line, the key, what was found, what is allowed. */
class PoolProblemsTest {

  @TempDir Path folder;

  private final Mistakes mistakes = new Mistakes();

  private static Stream<Arguments> mistakes() {
    PoolProblemsTest all = new PoolProblemsTest();
    all.pools();
    all.workers();
    all.supervision();
    all.recycling();
    return all.mistakes.cases();
  }

  private void pools() {
    String either = "the class of a plugin, or a classPath to find it on";
    mistakes.mistake("pools:\n  p:\n    workers: 1\n", 2, "pools.p.plugin", "nothing", either);
    mistakes.mistake("pools:\n  p: {classPath: []}\n", 2, "pools.p.plugin", "nothing", either);
    String javaName = "the full name of a Java class, such as com.example.MyWorker";
    for (String bad : List.of("a-b", "a..B", "1a.B", "a.B.", "a/B")) {
      mistakes.mistake(
          "pools: {p: {plugin: " + bad + "}}", 1, "pools.p.plugin", '"' + bad + '"', javaName);
    }
    mistakes.pool("workers: two", 4, "workers", "\"two\"", "a whole number from 0 to 1000");
    mistakes.pool("workers: 1001", 4, "workers", "1001", "a whole number from 0 to 1000");
    mistakes.pool("workers: 0x10", 4, "workers", "0x10", "a whole number from 0 to 1000");
    mistakes.pool("workers: 1.5", 4, "workers", "1.5", "a whole number from 0 to 1000");
    mistakes.pool(
        "workers: 99999999999", 4, "workers", "99999999999", "a whole number from 0 to 1000");
    mistakes.pool("workers:", 4, "workers", "nothing", "a whole number from 0 to 1000");
    mistakes.pool("surge: -1", 4, "surge", "-1", "a whole number from 0 to 1000");
    mistakes.pool("spares: 1001", 4, "spares", "1001", "a whole number from 0 to 1000");
    mistakes.pool(
        "spares: 2\nworkingDirectory: /x/${slot}",
        4,
        "spares",
        "2 together with ${slot} or ${run}",
        "0, or neither of them in jvm.options, environment and workingDirectory");
    mistakes.pool("listeners: a", 4, "listeners", "\"a\"", "a list");
    mistakes.pool(
        "listeners: [a]", 4, "listeners[0]", "\"a\"", "nothing, as the file has no listeners");
    mistakes.pool("files:\n- a", 5, "files[0]", "\"a\"", "nothing, as the file has no files");
    String known =
        "listeners: {hello: {address: 'tcp://*:0'}, other: {address: 'tcp://*:0'}}\n"
            + "pools: {p: {plugin: a.B, listeners: ";
    mistakes.mistake(
        known + "[helo]}}",
        2,
        "pools.p.listeners[0]",
        "\"helo\" (did you mean \"hello\"?)",
        "one of hello, other");
    mistakes.mistake(
        known + "[hello,\n hello]}}", 3, "pools.p.listeners[1]", "\"hello\"", "each name once");
    mistakes.pool("classPath: [{a: b}]", 4, "classPath[0]", "a mapping", "a path");
    mistakes.pool("config: 3", 4, "config", "3", "a mapping");
    mistakes.pool("config:\n  a: [\"${NO}\"]", 5, "config.a[0]", unset("NO"), allowedUnset("NO"));
    String badName = "a name from letters, digits and _, not starting with a digit";
    mistakes.pool("environment:\n  A-B: x", 5, "environment.A-B", "\"A-B\"", badName);
    mistakes.pool(
        "environment: {BATON_X: 1}",
        4,
        "environment.BATON_X",
        "\"BATON_X\"",
        "a name that does not start with BATON_, which is reserved");
    mistakes.pool(
        "environment: {X: }", 4, "environment.X", "nothing", "text, \"\" for an empty one");
    mistakes.pool("workingDirectory: ''", 4, "workingDirectory", "\"\"", "a path");
    String workerOnly = "${slot} only in jvm.options, environment and workingDirectory of a pool";
    mistakes.pool("classPath: ['/x/${slot}']", 4, "classPath[0]", "\"${slot}\"", workerOnly);
  }

  private void recycling() {
    String form =
        "a cron expression of five fields (minute, hour, day of month, month, day of week) for a"
            + " time that comes, such as \"0 4 * * *\"";
    for (String bad : List.of("0 4 * *", "60 4 * * *", "0 4 31 2 *", "0 0 4 * * ?", "daily")) {
      mistakes.pool(
          "recycle:\n  schedule: \"" + bad + '"', 5, "recycle.schedule", '"' + bad + '"', form);
    }
    mistakes.pool("recycle: {schedule: }", 4, "recycle.schedule", "nothing", form);
    mistakes.pool(
        "recycle: {maxMemory: 900}",
        4,
        "recycle.maxMemory",
        "900",
        "0, or a size of at least 1m, such as 512m or 2g");
    mistakes.pool(
        "recycle: {maxAge: 400d}",
        4,
        "recycle.maxAge",
        "\"400d\"",
        "a duration such as 500ms, 5s, 2m, 1h, from 0ms to 365d");
    mistakes.pool(
        "recycle: {maxConnections: -1}",
        4,
        "recycle.maxConnections",
        "-1",
        "a whole number from 0 to 1000000000");
  }

  private void supervision() {
    mistakes.pool(
        "restart: sometimes", 4, "restart", "\"sometimes\"", "one of always, on-failure, never");
    String exit = "an exit code from 0 to 255, or the name of a signal such as SIGTERM";
    for (String bad : List.of("256", "-1", "SIGFOO", "TERM", "sigterm")) {
      String shown = bad.matches("-?[0-9]+") ? bad : '"' + bad + '"';
      mistakes.pool("expectedExits: [0, " + bad + "]", 4, "expectedExits[1]", shown, exit);
      mistakes.pool("permanentExits: [" + bad + "]", 4, "permanentExits[0]", shown, exit);
    }
    mistakes.pool("expectedExits: 0", 4, "expectedExits", "0", "a list");
    mistakes.pool(
        "backoff: {intensity: 1001}",
        4,
        "backoff.intensity",
        "1001",
        "a whole number from 0 to 1000");
    mistakes.pool(
        "backoff: {period: 0s}", 4, "backoff.period", "\"0s\"", Mistakes.DURATION + "1ms to 1d");
    mistakes.mistake(
        "pools:\n  a: {plugin: a.B, after: [database]}\n",
        2,
        "pools.a.after[0]",
        "\"database\"",
        "one of a");
    String free = "pools that do not wait for themselves";
    mistakes.mistake(
        "pools:\n  a: {plugin: a.B, after: [a]}\n", 2, "pools.a.after", "a after a", free);
    mistakes.mistake(
        "pools:\n  a: {plugin: a.B, after: [c]}\n  b: {plugin: a.B}\n"
            + "  c: {plugin: a.B, after: [b, a]}\n",
        2,
        "pools.a.after",
        "a after c after a",
        free);
  }

  private void workers() {
    for (String key : List.of("drainTimeout", "stopTimeout")) {
      mistakes.pool(key + ": 5", 4, key, "5", Mistakes.DURATION + "0ms to 1d");
    }
    for (String bad : List.of("5 s", "1.5s", "s", "5S", "-1s", "2d", "0ms", "9999999999ms")) {
      mistakes.pool(
          "startTimeout: " + bad,
          4,
          "startTimeout",
          '"' + bad + '"',
          Mistakes.DURATION + "1ms to 1d");
    }
    String jvm = "jvm:\n  ";
    for (String bad : List.of("64q", "64mb", "1m", "-1m")) {
      mistakes.pool(jvm + "heap: " + bad, 5, "jvm.heap", '"' + bad + '"', Mistakes.SIZE);
    }
    mistakes.pool(jvm + "heap: 1000", 5, "jvm.heap", "1000", Mistakes.SIZE);
    String option = "an option of the java command, which starts with -";
    mistakes.pool(jvm + "options: [-Xint, Xint]", 5, "jvm.options[1]", "\"Xint\"", option);
    mistakes.pool(jvm + "java: ''", 5, "jvm.java", "\"\"", "a path");
    mistakes.pool(jvm + "defaults: 1", 5, "jvm.defaults", "1", "true or false");
    String backoff = "backoff:\n  ";
    mistakes.pool(
        backoff + "initial: 0s", 5, "backoff.initial", "\"0s\"", Mistakes.DURATION + "1ms to 1d");
    mistakes.pool(backoff + "factor: 0.5", 5, "backoff.factor", "0.5", "a number from 1 to 100");
    mistakes.pool(
        backoff + "jitter: .inf", 5, "backoff.jitter", "\".inf\"", "a number from 0 to 1");
    mistakes.pool(backoff + "jitter: 1.1", 5, "backoff.jitter", "1.1", "a number from 0 to 1");
    mistakes.pool(
        backoff + "stableAfter: 1", 5, "backoff.stableAfter", "1", Mistakes.DURATION + "0ms to 1d");
    mistakes.pool(
        backoff + "max: 1ms",
        5,
        "backoff.max",
        "initial 200ms and max 1ms",
        "a max that is at least initial");
    mistakes.pool(
        backoff + "initial: 31s",
        5,
        "backoff.initial",
        "initial 31s and max 30s",
        "a max that is at least initial");
  }

  private static String unset(String name) {
    return "\"${" + name + "}\", which is not set in the environment";
  }

  private static String allowedUnset(String name) {
    return "a variable that is set, or ${" + name + ":-default}";
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isReported(String text, String expected) {
    assertEquals(List.of(expected), Loaded.in(folder).problems(text));
  }
}
