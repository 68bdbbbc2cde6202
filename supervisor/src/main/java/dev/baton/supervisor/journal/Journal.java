package dev.baton.supervisor.journal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest entries, in memory, each also a line of the supervisor's log. Thread-safe. */
public final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger("baton");

  private final int capacity;
  private final Deque<Entry> entries = new ArrayDeque<>();

  /**
   * @param capacity how many entries are kept
   */
  public Journal(int capacity) {
    this.capacity = capacity;
  }

  /** Something expected. */
  public void info(String subject, String text) {
    LOG.info("{}: {}", subject, text);
    add(new Entry(Instant.now(), Entry.Kind.INFO, subject, text));
  }

  /** Something that an operator should look at. */
  public void warn(String subject, String text) {
    LOG.warn("{}: {}", subject, text);
    add(new Entry(Instant.now(), Entry.Kind.WARNING, subject, text));
  }

  private synchronized void add(Entry entry) {
    if (entries.size() == capacity) {
      entries.removeFirst();
    }
    entries.addLast(entry);
  }

  /** The newest entries, oldest first. */
  public synchronized List<Entry> newest(int count) {
    List<Entry> all = new ArrayList<>(entries);
    return List.copyOf(all.subList(Math.max(0, all.size() - Math.max(0, count)), all.size()));
  }
}
