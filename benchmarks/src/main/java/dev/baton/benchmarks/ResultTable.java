package dev.baton.benchmarks;

import java.time.LocalDate;

/** A result as Markdown. Pure. */
final class ResultTable {
  private ResultTable() {}

  static String of(Result result, Machine machine, LocalDate date) {
    StringBuilder text = new StringBuilder();
    text.append("Baton ").append(result.version()).append(", ").append(date).append(". ");
    text.append(machine).append(". ");
    text.append(String.join(" ", result.how())).append("\n\n");
    text.append("| figure | median | lowest | highest | goal | |\n");
    text.append("|---|---:|---:|---:|---:|---|\n");
    result.rows().forEach(row -> append(text, row));
    return text.toString();
  }

  private static void append(StringBuilder text, Row row) {
    Series series = row.series();
    text.append("| ").append(row.figure());
    text.append(" | ").append(Figures.text(series.median(), row.decimals()));
    text.append(" | ").append(Figures.text(series.min(), row.decimals()));
    text.append(" | ").append(Figures.text(series.max(), row.decimals()));
    text.append(" | ").append(row.goal().map(goal -> goal.text(row.decimals())).orElse(""));
    text.append(" | ").append(verdict(row)).append(" |\n");
  }

  private static String verdict(Row row) {
    if (row.goal().isEmpty()) {
      return "";
    }
    return row.met() ? "met" : "**missed**";
  }
}
