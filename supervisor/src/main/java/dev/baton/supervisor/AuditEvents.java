package dev.baton.supervisor;

import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.openserver.AuditLog;
import dev.baton.supervisor.openserver.Requester;
import java.util.concurrent.TimeUnit;

/**
 * An audit log whose refusals are in the journal, too: at most ten a second, and how many others
 * there were, so that nobody can push everything else out of it. Thread-safe.
 */
final class AuditEvents implements AuditLog {
  private static final int MOST = 10;
  private static final int TEXT_CHARS = 200;

  private final AuditLog log;
  private final Journal journal;
  private long second = Long.MIN_VALUE;
  private int told;
  private long untold;

  AuditEvents(AuditLog log, Journal journal) {
    this.log = log;
    this.journal = journal;
  }

  @Override
  public void decided(Requester who, String what, String verdict, String reason) {
    log.decided(who, what, verdict, reason);
    if (!verdict.equals("allowed")) {
      tell(who.toString(), cut(what) + " " + verdict + ": " + cut(reason));
    }
  }

  private void tell(String who, String text) {
    long others;
    synchronized (this) {
      long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
      if (now != second) {
        second = now;
        told = 0;
      }
      if (++told > MOST) {
        untold++;
        return;
      }
      others = untold;
      untold = 0;
    }
    journal.warn(
        "audit",
        who + " " + text + (others > 0 ? "; and " + others + " more before, see audit.log" : ""));
  }

  /** What a peer sent: short, and nothing that moves a terminal's cursor. */
  private static String cut(String text) {
    String plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return plain.length() <= TEXT_CHARS ? plain : plain.substring(0, TEXT_CHARS) + " ...";
  }

  @Override
  public void close() {
    log.close();
  }
}
