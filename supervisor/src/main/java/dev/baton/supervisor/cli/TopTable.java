package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkView;
import dev.baton.supervisor.admin.WorkerTraffic;
import dev.baton.supervisor.admin.WorkerView;
import dev.baton.supervisor.metrics.ProcessFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One frame of {@code top}, 80 columns wide. Rates are those between two frames; where there is
 * only one, averages over the life of each process.
 */
final class TopTable {
  private static final int WIDEST_ID = 24;
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e6;

  private final List<String> lines = new ArrayList<>();
  private final TopFrame before;
  private final TopFrame now;
  private final Paint paint;

  private TopTable(TopFrame before, TopFrame now, Paint paint) {
    this.before = before;
    this.now = now;
    this.paint = paint;
  }

  /**
   * The lines of a frame.
   *
   * @param before an earlier one, or null
   */
  static List<String> of(TopFrame before, TopFrame now, Paint paint) {
    TopTable table = new TopTable(before, now, paint);
    table.all();
    return table.lines;
  }

  private void all() {
    StatusView status = now.status();
    lines.add(
        paint.bold(status.name())
            + ": baton "
            + status.version()
            + ", pid "
            + status.pid()
            + ", up "
            + StatusTable.duration(status.uptimeSeconds())
            + figures(status));
    lines.add(paint.faint(span()));
    lines.add("");
    lines.add(
        paint.faint(row("WORKER", "STATE   ", "CPU%", "MEM", "OPEN", "CONN/S", "REQ/S", "MS/REQ")));
    for (PoolView pool : status.pools()) {
      pool(pool);
    }
  }

  private String figures(StatusView status) {
    ProcessFigures own = now.processes().get(status.pid());
    return own == null
        ? ""
        : ", CPU "
            + cell(cpu(status.pid(), status.uptimeSeconds()))
            + " %, memory "
            + bytes(own.residentBytes());
  }

  private String span() {
    return before == null
        ? "averages since the start of each process"
        : String.format(
            Locale.ROOT, "over the last %.0f s", (now.nanos() - before.nanos()) / NANOS);
  }

  private void pool(PoolView pool) {
    long serving = pool.workers().stream().filter(w -> w.state().equals("serving")).count();
    lines.add(
        paint.bold(pool.name())
            + ": "
            + paint.state(pool.state())
            + ", generation "
            + pool.generation()
            + ", "
            + serving
            + " of "
            + pool.target()
            + " serving");
    pool.workers().forEach(this::worker);
  }

  private void worker(WorkerView w) {
    ProcessFigures process = now.processes().get(w.pid());
    String id = w.id();
    lines.add(
        row(
            id.length() > WIDEST_ID ? ".." + id.substring(id.length() - WIDEST_ID + 2) : id,
            paint.state(String.format("%-8s", w.state())),
            cell(process == null ? OptionalDouble.empty() : cpu(w.pid(), w.uptimeSeconds())),
            process == null ? "-" : bytes(process.residentBytes()),
            w.traffic().map(t -> Long.toString(t.open())).orElse("-"),
            cell(connections(w)),
            cell(rate(w, requests(w), earlier(w).flatMap(TopTable::requests))),
            cell(millis(w))));
  }

  private static String row(
      String id, String state, String cpu, String memory, String open, String... rates) {
    return String.format(
            "  %-24s  %s %5s %6s %6s %7s %7s %7s",
            id, state, cpu, memory, open, rates[0], rates[1], rates[2])
        .stripTrailing();
  }

  private Optional<WorkerView> earlier(WorkerView w) {
    return before == null ? Optional.empty() : before.worker(w.id());
  }

  /** In percent of one processor. */
  private OptionalDouble cpu(long pid, long uptimeSeconds) {
    ProcessFigures later = now.processes().get(pid);
    ProcessFigures earlier = before == null ? null : before.processes().get(pid);
    double used = later.cpuSeconds() - (earlier == null ? 0 : earlier.cpuSeconds());
    double time = earlier == null ? uptimeSeconds : (now.nanos() - before.nanos()) / NANOS;
    return time <= 0 ? OptionalDouble.empty() : OptionalDouble.of(Math.max(0, 100 * used / time));
  }

  private OptionalDouble connections(WorkerView w) {
    return rate(w, accepted(w), earlier(w).flatMap(TopTable::accepted));
  }

  /** What it says that it has accepted or taken over, or else what the supervisor knows. */
  private static Optional<Long> accepted(WorkerView w) {
    return w.work().map(WorkView::connections).or(() -> w.traffic().map(WorkerTraffic::total));
  }

  private static Optional<Long> requests(WorkerView w) {
    return w.work().map(WorkView::requests);
  }

  private OptionalDouble rate(WorkerView w, Optional<Long> later, Optional<Long> earlier) {
    if (later.isEmpty()) {
      return OptionalDouble.empty();
    }
    double time = earlier.isPresent() ? (now.nanos() - before.nanos()) / NANOS : w.uptimeSeconds();
    return time <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(0, later.get() - earlier.orElse(0L)) / time);
  }

  /** The mean of the requests that are over. */
  private OptionalDouble millis(WorkerView w) {
    Optional<WorkView> earlier = earlier(w).flatMap(WorkerView::work);
    long count = requests(w).orElse(0L) - earlier.map(WorkView::requests).orElse(0L);
    long nanos =
        w.work().map(WorkView::requestNanos).orElse(0L)
            - earlier.map(WorkView::requestNanos).orElse(0L);
    return count <= 0 ? OptionalDouble.empty() : OptionalDouble.of(nanos / MILLIS / count);
  }

  /** As many digits as there is room for. */
  private static String cell(OptionalDouble value) {
    if (value.isEmpty()) {
      return "-";
    }
    double v = value.getAsDouble();
    return String.format(Locale.ROOT, v < 99.95 ? "%.1f" : "%.0f", v);
  }

  private static String bytes(long bytes) {
    long mebi = bytes >> 20;
    return mebi < 10_000 ? mebi + "M" : (mebi >> 10) + "G";
  }
}
