package dev.baton.supervisor.journal;

import dev.baton.supervisor.core.PostMortem;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest entries, in memory, each also a line of the supervisor's log. Thread-safe. */
public final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger("baton");

  private final int capacity;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();
  private long last;

  /**
   * @param capacity how many entries are kept
   */
  public Journal(int capacity) {
    this.capacity = capacity;
  }

  /** Something expected. */
  public void info(String subject, String text) {
    info(subject, text, Optional.empty());
  }

  /** Something that an operator should look at. */
  public void warn(String subject, String text) {
    warn(subject, text, Optional.empty());
  }

  /** What is known of a worker's end, after that was told. */
  public void ended(PostMortem end) {
    String text = "post-mortem: " + end.circumstances();
    if (end.inOrder()) {
      info(end.worker().toString(), text, Optional.of(end));
    } else {
      warn(end.worker().toString(), text, Optional.of(end));
    }
  }

  private void info(String subject, String text, Optional<PostMortem> end) {
    LOG.info("{}: {}", subject, text);
    add(Entry.Kind.INFO, subject, text, end);
  }

  private void warn(String subject, String text, Optional<PostMortem> end) {
    LOG.warn("{}: {}", subject, text);
    add(Entry.Kind.WARNING, subject, text, end);
  }

  private synchronized void add(
      Entry.Kind kind, String subject, String text, Optional<PostMortem> end) {
    if (entries.size() == capacity) {
      entries.removeFirst();
    }
    Entry entry = new Entry(++last, Instant.now(), kind, subject, text, end);
    entries.addLast(entry);
    listeners.forEach(listener -> listener.accept(entry));
  }

  /** Numbers go on above this one, which an earlier supervisor gave. Before the first entry. */
  public synchronized void goOnAfter(long number) {
    last = number;
  }

  /**
   * Tells of every new entry, in their order, on whatever thread makes it; {@code listener} must
   * not block, and must not use the journal.
   *
   * @return ends it
   */
  public Runnable listen(Consumer<Entry> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** The entries above a number, oldest first. */
  public synchronized List<Entry> after(long number, int most) {
    return entries.stream().filter(e -> e.number() > number).limit(most).toList();
  }

  /** The newest entries, oldest first. */
  public synchronized List<Entry> newest(int count) {
    List<Entry> all = new ArrayList<>(entries);
    return List.copyOf(all.subList(Math.max(0, all.size() - Math.max(0, count)), all.size()));
  }
}
