package dev.baton.supervisor.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Puts what the parsers say about malformed text into one line with the line number. */
final class SyntaxErrors {

  private SyntaxErrors() {}

  static void report(JsonProcessingException error, boolean json, Problems problems) {
    if (error.getCause() instanceof MarkedYAMLException marked) {
      report(marked, problems);
      return;
    }
    int line = error.getLocation() == null ? 0 : Math.max(0, error.getLocation().getLineNr());
    add(line, error.getOriginalMessage(), json, problems);
  }

  static void reportUnlocated(Exception error, boolean json, Problems problems) {
    add(0, String.valueOf(error.getMessage()), json, problems);
  }

  private static void report(MarkedYAMLException error, Problems problems) {
    String problem = String.valueOf(error.getProblem());
    if (problem.contains("'\\t(TAB)'")) {
      int line = line(error.getProblemMark());
      problems.add(
          problems.place(line), "", "a tab where the line is indented", "spaces for indentation");
      return;
    }
    // An unclosed quote or bracket is found at the end of the file; the operator needs its start.
    boolean atEnd = problem.contains("unexpected end of stream") || problem.contains("StreamEnd");
    Mark mark =
        atEnd && error.getContextMark() != null ? error.getContextMark() : error.getProblemMark();
    String context = error.getContext() == null ? "" : error.getContext() + ": ";
    add(line(mark), context + problem, false, problems);
  }

  private static int line(Mark mark) {
    return mark == null ? 0 : mark.getLine() + 1;
  }

  private static void add(int line, String message, boolean json, Problems problems) {
    String language = json ? "JSON" : "YAML";
    String found = language + " that cannot be read (" + Words.oneLine(message) + ")";
    problems.add(problems.place(line), "", found, "well-formed " + language);
  }
}
