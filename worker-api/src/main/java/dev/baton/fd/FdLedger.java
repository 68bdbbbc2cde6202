package dev.baton.fd;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Every open {@link OwnedFd} with its creation site, for tests: after each test it must be empty.
 * Off by default, when it costs nothing.
 */
public final class FdLedger {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final Set<Entry> OPEN = ConcurrentHashMap.newKeySet();
  private static final List<String> COMPLAINTS = new CopyOnWriteArrayList<>();
  private static volatile boolean enabled;

  private FdLedger() {}

  /** One open descriptor: its label and where it was created. */
  static final class Entry implements Runnable {
    private final String label;
    private final Throwable site;

    Entry(String label) {
      this.label = label;
      this.site = new Throwable("created here");
    }

    /** By the cleaner: the owner was lost without having been closed. */
    @Override
    public void run() {
      if (OPEN.remove(this)) {
        COMPLAINTS.add("lost without close: " + this);
      }
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(label);
      for (StackTraceElement frame : site.getStackTrace()) {
        String at = frame.toString();
        if (!at.startsWith("dev.baton.fd.")) {
          text.append("\n    at ").append(at);
        }
      }
      return text.toString();
    }
  }

  /** Starts to record, and forgets what was recorded before. */
  public static void enable() {
    OPEN.clear();
    COMPLAINTS.clear();
    enabled = true;
  }

  /** Records nothing new any more: a recorded descriptor costs a stack trace. */
  public static void disable() {
    enabled = false;
  }

  /**
   * The labels and creation sites of all that is open, and complaints of lost or twice-closed ones.
   */
  public static List<String> report() {
    List<String> report = new ArrayList<>(COMPLAINTS);
    OPEN.forEach(e -> report.add("open: " + e));
    return report;
  }

  static Entry opened(OwnedFd fd, String label) {
    if (!enabled) {
      return null;
    }
    Entry entry = new Entry(label);
    OPEN.add(entry);
    CLEANER.register(fd, entry);
    return entry;
  }

  static void closed(Entry entry) {
    if (entry != null) {
      OPEN.remove(entry);
    }
  }

  static void closeFailed(String label, Exception failure) {
    if (enabled) {
      COMPLAINTS.add(label + ": " + failure.getMessage());
    }
  }
}
