package dev.baton.supervisor.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The figures, the documentation and the dashboard have the same names. */
@Timeout(60)
class MetricNamesTest {
  private static final Pattern NAME = Pattern.compile("\\b(?:baton|jvm)_[a-z_]+");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  /** Figures that say what something is called, and need no curve. */
  private static final Set<String> NOT_DRAWN =
      Set.of(
          "baton_listener_address",
          "baton_open_service_accepted_total",
          "baton_open_service_turned_away_total",
          "baton_worker_claimed_total");

  @TempDir private Path folder;

  private final String scrape = new Metrics().scrape(Scrapes.full());
  private final Set<String> names = Scrapes.names(scrape);

  private static JsonNode dashboard() throws IOException {
    return new ObjectMapper().readTree(Scrapes.file("conf/grafana-dashboard.json").toFile());
  }

  private static Set<String> drawn() throws IOException {
    Set<String> drawn = new TreeSet<>();
    for (String field : List.of("expr", "query", "definition")) {
      for (JsonNode expression : dashboard().findValues(field)) {
        Matcher matcher = NAME.matcher(expression.asText());
        while (matcher.find()) {
          drawn.add(matcher.group());
        }
      }
    }
    return drawn;
  }

  @Test
  void whatTheDashboardDrawsIsThere() throws IOException {
    Set<String> missing = drawn();
    assertTrue(missing.size() > 40, missing::toString);
    missing.removeAll(names);
    assertEquals(Set.of(), missing);
  }

  @Test
  void whatIsThereIsDrawn() throws IOException {
    Set<String> rest = new TreeSet<>(names);
    rest.removeIf(name -> !name.startsWith("baton_"));
    rest.removeAll(drawn());
    assertEquals(NOT_DRAWN, rest);
  }

  @Test
  void theDashboardCanBeImported() throws IOException {
    JsonNode dashboard = dashboard();
    assertEquals("baton", dashboard.path("uid").asText());
    assertEquals("datasource", dashboard.at("/templating/list/0/type").asText());
    Set<Integer> ids = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asText();
      assertTrue(ids.add(panel.path("id").asInt()), title);
      JsonNode place = panel.path("gridPos");
      assertTrue(places.add(place.path("x").asInt() + "," + place.path("y").asInt()), title);
      assertTrue(place.path("x").asInt() + place.path("w").asInt() <= 24, title);
      if (!panel.path("type").asText().equals("row")) {
        assertEquals("${datasource}", panel.at("/datasource/uid").asText(), title);
        assertFalse(panel.path("targets").isEmpty(), title);
        assertFalse(panel.path("description").asText().isEmpty(), title);
      }
    }
  }

  /** In a row, a name that begins with an underscore goes on from a part of the first one. */
  @Test
  void whatIsDocumentedIsThereAndNothingElse() throws IOException {
    Set<String> undocumented = new TreeSet<>(names);
    undocumented.removeIf(name -> name.startsWith("jvm_"));
    for (String row : Files.readAllLines(Scrapes.file("docs/metrics.md"))) {
      if (!row.startsWith("| `baton_")) {
        continue;
      }
      List<String> cells = new ArrayList<>();
      Matcher matcher = Pattern.compile("`([a-z_]+)`").matcher(row.split("\\|")[1]);
      while (matcher.find()) {
        cells.add(matcher.group(1));
      }
      String first = cells.get(0);
      for (String cell : cells) {
        Set<String> meant = new LinkedHashSet<>();
        for (int at = first.length();
            cell.startsWith("_") && at > 0;
            at = first.lastIndexOf('_', at - 1)) {
          meant.add(first.substring(0, at) + cell);
        }
        meant.add(cell);
        meant.retainAll(names);
        assertEquals(1, meant.size(), cell + " in " + row + " is " + meant);
        undocumented.removeAll(meant);
      }
    }
    assertEquals(Set.of(), undocumented);
  }

  @Test
  void prometheusHasNothingToFind() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(PROMTOOL), "there is no promtool (apt-get install prometheus)");
    assertEquals("0: ", promtool(scrape));
    // It would find something.
    assertFalse(promtool(scrape.replace("# HELP baton_pool_target ", "# no ")).startsWith("0: "));
  }

  /** Its exit status and what it says. */
  private String promtool(String text) throws Exception {
    Path input = Files.writeString(folder.resolve("metrics"), text, StandardCharsets.UTF_8);
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "promtool does not end");
      return process.exitValue() + ": " + Files.readString(output);
    } finally {
      process.destroyForcibly();
    }
  }
}
