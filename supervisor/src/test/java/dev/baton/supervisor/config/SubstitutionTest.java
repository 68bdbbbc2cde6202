package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables in values, those of the environment and those of a worker. */
class SubstitutionTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of("A", "1", "B", "two", "EMPTY", "", "TRICK", "${pool}$${A}");

  @TempDir Path folder;

  private static String expand(String text, Substitution.Scope scope, List<String> found) {
    Substitution variables = new Substitution(ENVIRONMENT);
    variables.define("baton.home", "/opt/baton");
    List<Substitution.Fault> faults = new ArrayList<>();
    String result = variables.expand(text, scope, faults);
    faults.forEach(fault -> found.add(fault.found()));
    return result;
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      textBlock =
          """
          plain                 => plain
          $A $ $$ {A} $}        => $A $ $$ {A} $}
          ${A}                  => 1
          x${A}y${B}z           => x1ytwoz
          ${A:-9}               => 1
          ${NONE:-9}            => 9
          ${NONE:-}x            => x
          ${EMPTY}x             => x
          ${EMPTY:-9}           => 9
          ${NONE:-${A}}         => 1
          ${NONE:-a${NO:-b}c}d  => abcd
          ${A:-${NONE}}         => 1
          ${NONE:-a:-b}         => a:-b
          ${NONE:-$${x}}        => ${x}
          $${A}                 => ${A}
          $$${A}                => $${A}
          ${baton.home}/lib     => /opt/baton/lib
          ${TRICK}              => ${pool}$${A}
          """)
  void isReplaced(String text, String expected) {
    List<String> found = new ArrayList<>();
    assertEquals(expected, expand(text, Substitution.Scope.NOW, found));
    assertEquals(List.of(), found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${",
        "${}",
        "${A",
        "${A:-x",
        "${A:x}",
        "${A-x}",
        "${a b}",
        "${1A}",
        "${.}",
        "${:-x}",
        "${baton.nothing}",
        "${baton.home:-x}",
        "${pool:-x}",
        "${A.B}",
        "${Ä}"
      })
  void isNoVariable(String text) {
    List<String> found = new ArrayList<>();
    expand("before " + text, Substitution.Scope.WORKER, found);
    assertEquals(List.of('"' + text + '"'), found);
  }

  @Test
  void everyUnsetVariableIsNamed() {
    List<String> found = new ArrayList<>();
    expand("${X}${A}${Y:-${Z}}", Substitution.Scope.NOW, found);
    String unset = ", which is not set in the environment";
    assertEquals(
        List.of(
            "\"${X}\"" + unset + " (did you mean \"A\"?)",
            "\"${Z}\"" + unset + " (did you mean \"A\"?)"),
        found);
  }

  @Test
  void defaultsAreNotNestedWithoutEnd() {
    List<String> found = new ArrayList<>();
    expand("${N:-".repeat(100_000), Substitution.Scope.NOW, found);
    assertEquals(1, found.size());
  }

  @Test
  void variablesOfAWorkerAreLeftForLaterAndNothingElseIs() throws ConfigException {
    PoolConfig pool =
        Loaded.in(folder)
            .with(ENVIRONMENT)
            .load(
                """
                pools:
                  shop:
                    plugin: a.B
                    jvm:
                      options: ['-D${A}=${pool}/${slot}#${run}', '-Dx=$${pool}', '-Dy=${TRICK}']
                    environment: {S: '${slot}${B}'}
                    workingDirectory: /w/${slot}
                """)
            .pools()
            .get("shop");
    assertEquals("-D1=shop/2#7", expand(pool.jvm().options().get(0)));
    assertEquals("-Dx=${pool}", expand(pool.jvm().options().get(1)));
    assertEquals("-Dy=${pool}$${A}", expand(pool.jvm().options().get(2)));
    assertEquals("2two", expand(pool.environment().get("S")));
    assertEquals(Optional.of(Path.of("/w/${slot}")), pool.workingDirectory());
  }

  private static String expand(String text) {
    return WorkerVariables.expand(text, "shop", 2, 7);
  }

  @Test
  void expansionForAWorker() {
    Map<String, String> cases = new LinkedHashMap<>();
    cases.put("", "");
    cases.put("plain $ $$ ${ }", "plain $ $$ ${ }");
    cases.put("${pool}${slot}${run}", "shop27");
    cases.put("$${slot} ${slot}", "${slot} 2");
    cases.put("$$${slot}", "$${slot}");
    cases.put("${other} ${pool", "${other} ${pool");
    cases.forEach((text, expected) -> assertEquals(expected, expand(text), text));
    assertEquals("${slot}", WorkerVariables.expand("${pool}", "${slot}", 1, 1));
  }

  @Test
  void aProblemShowsTheValueAndHowItWasWritten() {
    Map<String, String> environment = Map.of("BATON_RUNTIME_BASE", "/run", "N", "two");
    assertEquals(
        List.of(
            "test.yaml:1: pools.a.workers: found \"two\" (written as \"${N}\"), allowed: a whole"
                + " number from 0 to 1000"),
        Loaded.in(folder)
            .with(environment)
            .problems("pools: {a: {plugin: a.B, workers: \"${N}\"}}"));
  }

  @Test
  void numbersAndSwitchesMayComeFromTheEnvironment() throws ConfigException {
    Map<String, String> environment = Map.of("N", "3", "ON", "false");
    PoolConfig pool =
        Loaded.in(folder)
            .with(environment)
            .load("pools: {a: {plugin: a.B, workers: '${N}', jvm: {defaults: '${ON}'}}}")
            .pools()
            .get("a");
    assertEquals(3, pool.workers());
    assertEquals(false, pool.jvm().defaults());
  }
}
