package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.FdHolderView;
import dev.baton.supervisor.admin.FdView;
import dev.baton.supervisor.admin.WorkerTraffic;
import java.util.List;
import java.util.stream.Collectors;

/** Who holds which descriptor, for the eyes: at most 80 columns. */
final class FdTable {
  private static final int WIDTH = 80;
  private static final int WIDEST_NAME = 30;

  private final StringBuilder text = new StringBuilder();
  private final Paint paint;

  private FdTable(Paint paint) {
    this.paint = paint;
  }

  static String of(List<FdHolderView> holders, Paint paint) {
    FdTable table = new FdTable(paint);
    holders.forEach(table::holder);
    table.strays(holders);
    return table.text.toString();
  }

  private void holder(FdHolderView holder) {
    if (text.length() > 0) {
      line("");
    }
    String generation = holder.generation() == 0 ? "" : ", generation " + holder.generation();
    line(
        paint.bold(holder.owner())
            + ": "
            + paint.state(holder.state())
            + generation
            + ", pid "
            + holder.pid());
    if (!holder.unseen().isEmpty()) {
      note("  ", "its descriptors cannot be seen, these are the books alone: " + holder.unseen());
    }
    if (!holder.fds().isEmpty()) {
      line(row("FD", "KIND", "NAME", "HELD", "SINCE"));
    }
    holder.fds().forEach(this::descriptor);
    holder.traffic().ifPresent(this::traffic);
    if (!holder.others().isEmpty()) {
      note("   ", "and its own: " + others(holder));
    }
  }

  private static String others(FdHolderView holder) {
    return holder.others().entrySet().stream()
        .map(e -> e.getValue() + " " + e.getKey())
        .collect(Collectors.joining(", "));
  }

  private void traffic(WorkerTraffic t) {
    line("   connections: " + t.open() + " open, " + t.unclaimed() + " unclaimed");
  }

  private void descriptor(FdView fd) {
    String name = fd.name();
    boolean wide = name.length() > WIDEST_NAME;
    String row =
        row(
            fd.number() < 0 ? "-" : Integer.toString(fd.number()),
            fd.kind(),
            wide ? "..." + name.substring(name.length() - WIDEST_NAME + 3) : name,
            fd.stray() ? "STRAY" : fd.held(),
            fd.sinceSeconds().isPresent()
                ? StatusTable.duration(fd.sinceSeconds().getAsLong())
                : "-");
    line(fd.stray() ? paint.red(row) : row);
    if (!fd.note().isEmpty()) {
      note(" ".repeat(18), fd.note());
    }
  }

  private static String row(String number, String kind, String name, String held, String since) {
    return String.format("%5s  %-8s  %-30s  %-9s  %s", number, kind, name, held, since);
  }

  private void note(String margin, String sentence) {
    StatusTable.wrap(StatusTable.printable(sentence), WIDTH - margin.length())
        .forEach(part -> line(margin + part));
  }

  private void strays(List<FdHolderView> holders) {
    long count = holders.stream().flatMap(h -> h.fds().stream()).filter(FdView::stray).count();
    line("");
    line(
        count == 0
            ? "no strays"
            : paint.red(count == 1 ? "1 stray" : count + " strays")
                + ": copies that nobody should hold");
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append('\n');
  }
}
