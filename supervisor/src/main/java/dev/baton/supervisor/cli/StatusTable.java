package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.EndView;
import dev.baton.supervisor.admin.ListenerTraffic;
import dev.baton.supervisor.admin.ListenerView;
import dev.baton.supervisor.admin.OpenServiceView;
import dev.baton.supervisor.admin.PoolView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.WorkerView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A status for the eyes, at most 80 columns wide; only an address or a path that is longer than a
 * line sticks out, on a line of its own.
 */
final class StatusTable {

  private static final int WIDTH = 80;
  private static final int WIDEST_ID = 32;

  /** Of the last words of a worker that is down; the rest is in the JSON. */
  private static final int LOG_LINES = 5;

  private final StringBuilder text = new StringBuilder();

  private final Paint paint;

  private StatusTable(Paint paint) {
    this.paint = paint;
  }

  static String of(StatusView status) {
    return of(status, Paint.NONE);
  }

  static String of(StatusView status, Paint paint) {
    StatusTable table = new StatusTable(paint);
    table.instance(status);
    table.listeners(status.listeners());
    for (PoolView pool : status.pools()) {
      table.pool(pool);
    }
    status.openService().ifPresent(table::openService);
    return table.text.toString();
  }

  private void instance(StatusView status) {
    String facts =
        "baton "
            + status.version()
            + ", pid "
            + status.pid()
            + ", up "
            + duration(status.uptimeSeconds());
    sideBySide(status.name() + ": " + facts, "  ", status.runtimeDir());
  }

  private void listeners(List<ListenerView> listeners) {
    if (listeners.isEmpty()) {
      return;
    }
    int name = width("LISTENER", listeners.stream().map(ListenerView::name).toList());
    int mode = width("MODE", listeners.stream().map(ListenerView::mode).toList());
    line("");
    line(paint.faint(pad("LISTENER", name) + "  " + pad("MODE", mode) + "  ADDRESS"));
    for (ListenerView listener : listeners) {
      sideBySide(
          pad(listener.name(), name) + "  " + pad(listener.mode(), mode), "  ", listener.address());
      listener.traffic().ifPresent(this::traffic);
    }
  }

  private void openService(OpenServiceView service) {
    line("");
    line("open service: " + service.address());
    String flow =
        (service.clients() + " clients now, " + service.accepted() + " accepted, ")
            + (service.turnedAway() + " turned away, " + service.answered() + " requests granted, ")
            + (service.refused() + " refused");
    wrap(flow, WIDTH - 4).forEach(part -> line("    " + part));
  }

  private void traffic(ListenerTraffic t) {
    String flow =
        (t.accepted() + " accepted, " + t.handedOff() + " handed off, ")
            + (t.claimed() + " claimed, " + t.open() + " open, " + t.waiting() + " waiting, ")
            + (t.redispatched() + " re-dispatched, " + t.refused() + " refused by workers, ")
            + (t.vanished() + " vanished, " + t.acceptErrors() + " accept errors");
    wrap(flow, WIDTH - 4).forEach(part -> line("    " + part));
  }

  private void pool(PoolView pool) {
    long serving = pool.workers().stream().filter(w -> w.state().equals("serving")).count();
    line("");
    String left = "pool " + paint.bold(pool.name()) + ": " + paint.state(pool.state()) + ",";
    String right =
        "generation " + pool.generation() + ", " + serving + " of " + pool.target() + " serving";
    sideBySide(left, " ", right);
    if (pool.workers().isEmpty()) {
      return;
    }
    List<String> ids = pool.workers().stream().map(WorkerView::id).toList();
    int id = Math.min(WIDEST_ID, width("WORKER", ids));
    line(paint.faint("  " + pad("WORKER", id) + "  STATE         PID   GEN      UP  RESTARTS"));
    for (WorkerView worker : pool.workers()) {
      worker(worker, id);
    }
  }

  private void worker(WorkerView worker, int idWidth) {
    String id = worker.id();
    if (id.length() > idWidth) {
      line("  " + id);
      id = "";
    }
    String pid = worker.pid() > 0 ? String.valueOf(worker.pid()) : "-";
    String up = worker.pid() > 0 ? duration(worker.uptimeSeconds()) : "-";
    line(
        String.format(
            "  %s  %s  %7s  %4d  %6s  %8d",
            pad(id, idWidth),
            paint.state(pad(worker.state(), 8)),
            pid,
            worker.generation(),
            up,
            worker.restarts()));
    // What is plain from the state is not repeated.
    String phase = worker.phase().equals("ready") ? "" : worker.phase();
    String note = join(phase, printable(worker.text()));
    for (String part : wrap(note, WIDTH - 6)) {
      line("      " + part);
    }
    worker.lastEnd().filter(end -> worker.pid() == 0).ifPresent(this::end);
    worker
        .traffic()
        .ifPresent(
            t ->
                line(
                    "      connections: "
                        + (t.open() + " open, " + t.unclaimed() + " unclaimed, ")
                        + (t.total() + " in total")));
  }

  /** How it ended is told already. */
  private void end(EndView end) {
    wrap(printable(end.circumstances()), WIDTH - 6).forEach(part -> line("      " + part));
    List<String> tail = end.logTail();
    for (String last : tail.subList(Math.max(0, tail.size() - LOG_LINES), tail.size())) {
      String shown = printable(last);
      line("      | " + shown.substring(0, Math.min(shown.length(), WIDTH - 8)));
    }
  }

  private static String join(String phase, String text) {
    return phase.isEmpty() || text.isEmpty() ? phase + text : phase + ": " + text;
  }

  /** A plugin chooses its text: it must not move the cursor of the operator's terminal. */
  static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString()
        .strip();
  }

  private void sideBySide(String left, String between, String right) {
    if (Paint.width(left) + between.length() + right.length() <= WIDTH) {
      line(left + between + right);
    } else {
      line(left);
      line("  " + right);
    }
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append('\n');
  }

  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int blank = rest.lastIndexOf(' ', width);
      int end = blank > 0 ? blank : width;
      lines.add(rest.substring(0, end));
      rest = rest.substring(end).strip();
    }
    if (!rest.isEmpty()) {
      lines.add(rest);
    }
    return lines;
  }

  private static int width(String title, List<String> texts) {
    return Math.max(
        title.length(),
        texts.isEmpty() ? 0 : Collections.max(texts.stream().map(String::length).toList()));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /** Two units at most: 42s, 3m5s, 2h10m, 12d3h. */
  static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m" + seconds % 60 + "s";
    }
    if (seconds < 86400) {
      return seconds / 3600 + "h" + seconds % 3600 / 60 + "m";
    }
    return seconds / 86400 + "d" + seconds % 86400 / 3600 + "h";
  }
}
