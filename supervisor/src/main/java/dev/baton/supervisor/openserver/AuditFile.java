package dev.baton.supervisor.openserver;

import dev.baton.supervisor.journal.RotatingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log on disk, written by a thread of its own. A full or slow disk loses lines, and tells
 * of it in the supervisor's log and, once lines can be written again, in their place.
 */
final class AuditFile implements AuditLog {
  /** Bytes of one file. */
  static final long MOST_BYTES = 10L * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
  private static final int KEPT = 5;
  private static final int WAITING = 16_384;
  private static final int BATCH = 1024;
  private static final int TEXT_CHARS = 1024;
  private static final Duration GATHERING = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofMillis(20);
  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final Line END = new Line(0, null, "", "", "");

  private final Path path;
  private final RotatingFile file;
  private final BlockingQueue<Line> waiting = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong everLost = new AtomicLong();
  private final Thread thread;
  private final StringBuilder text = new StringBuilder();
  private volatile boolean stuck;
  private boolean complained;
  private long second = Long.MIN_VALUE;
  private String date = "";

  AuditFile(Path path, long mostBytes) {
    this.path = path;
    this.file = new RotatingFile(path, mostBytes, KEPT);
    this.thread = new Thread(this::run, "baton-audit");
    thread.setDaemon(true);
    thread.start();
  }

  /** One decision that waits to be written; its texts are already cut. */
  private record Line(long millis, Requester who, String what, String verdict, String reason) {}

  @Override
  public void decided(Requester who, String what, String verdict, String reason) {
    Line line = new Line(System.currentTimeMillis(), who, cut(what), verdict, cut(reason));
    if (!waiting.offer(line) && !offerPatiently(line)) {
      lost.incrementAndGet();
      everLost.incrementAndGet();
    }
  }

  /**
   * A burst may wait a moment, so that nobody hides what it does behind a flood of requests; but
   * when the disk stands still, one does and the others do not.
   */
  private boolean offerPatiently(Line line) {
    if (stuck) {
      return false;
    }
    try {
      boolean taken = waiting.offer(line, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      stuck = !taken;
      return taken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** How many lines were lost since the start. */
  long lost() {
    return everLost.get();
  }

  /** So that waiting lines are bounded in bytes, too; one more shows that it was cut. */
  private static String cut(String text) {
    return text.length() <= TEXT_CHARS + 1 ? text : text.substring(0, TEXT_CHARS + 1);
  }

  private void run() {
    List<Line> lines = new ArrayList<>(BATCH);
    boolean more = true;
    while (more) {
      try {
        lines.add(waiting.take());
        if (waiting.size() < BATCH && lines.get(0) != END) {
          Thread.sleep(GATHERING.toMillis()); // one wake-up and one write for many lines
        }
        waiting.drainTo(lines, BATCH - 1);
        stuck = false;
        more = lines.get(lines.size() - 1) != END;
        write(more ? lines : lines.subList(0, lines.size() - 1));
      } catch (InterruptedException e) {
        more = false;
      } catch (RuntimeException e) {
        LOG.error("writing the audit log failed; this is a defect of Baton", e);
      }
      lines.clear();
    }
    try {
      file.close();
    } catch (IOException e) {
      complain(e.getMessage());
    }
  }

  private void write(List<Line> lines) {
    text.setLength(0);
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      complain("it cannot be written as fast as there are decisions");
      stamp(System.currentTimeMillis());
      text.append(missing).append(" decisions before this line are lost\n");
    }
    lines.forEach(this::format);
    if (text.length() == 0) {
      return;
    }
    try {
      file.append(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      lost.addAndGet(missing + lines.size());
      everLost.addAndGet(lines.size());
      complain(e.toString());
    }
  }

  /** Once: an operator who has read it knows where to look. */
  private void complain(String why) {
    if (!complained) {
      complained = true;
      LOG.warn("decisions are missing from the audit log {}: {}", path, why);
    }
  }

  private void format(Line line) {
    stamp(line.millis);
    text.append(line.verdict).append(' ').append(line.who).append(' ');
    Quoted.append(text, line.what, TEXT_CHARS);
    text.append(" \u2014 ");
    Quoted.append(text, line.reason, TEXT_CHARS);
    text.append('\n');
  }

  private void stamp(long millis) {
    long now = Math.floorDiv(millis, 1000);
    if (now != second) {
      second = now;
      String instant = Instant.ofEpochSecond(now).toString();
      date = instant.substring(0, instant.length() - 1) + '.';
    }
    long part = Math.floorMod(millis, 1000);
    text.append(date).append(part < 10 ? "00" : part < 100 ? "0" : "").append(part).append("Z ");
  }

  @Override
  public void close() {
    try {
      long deadline = System.nanoTime() + GOODBYE.toNanos();
      if (waiting.offer(END, GOODBYE.toNanos(), TimeUnit.NANOSECONDS)) {
        long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        thread.join(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
