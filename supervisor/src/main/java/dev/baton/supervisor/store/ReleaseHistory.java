package dev.baton.supervisor.store;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Which releases a pool has had, in a file beside their copies, so that it is known after a restart
 * of the supervisor, too. Does blocking file I/O; not thread-safe.
 */
public final class ReleaseHistory {
  private static final int MOST = 6;
  private static final String FILE = "history.properties";

  private final Path file;
  private final List<Entry> entries = new ArrayList<>();

  /** What became of a release. */
  public enum State {
    /** A rollout to it is under way, or it was cut off. */
    TRIED,
    SERVING,
    /** It has served, and another came after it. */
    REPLACED,
    /** A rollout to it was taken back. */
    REJECTED,
    /** An operator has gone back from it. */
    WITHDRAWN
  }

  /**
   * One release.
   *
   * @param hash of its content
   * @param source where it was copied from, for people; empty for the configured class path
   * @param since when it came to its state
   * @param roots the elements of its class path, below its folder
   * @param configured the class path that was configured meanwhile
   */
  public record Entry(
      String hash,
      String source,
      State state,
      Instant since,
      List<String> roots,
      List<String> configured) {
    /** Copies the lists. */
    public Entry {
      roots = List.copyOf(roots);
      configured = List.copyOf(configured);
    }

    /** Whether it stands in for the class path that the configuration names. */
    public boolean deployed() {
      return !source.isEmpty();
    }

    private Entry in(State next) {
      return new Entry(hash, source, next, Instant.now(), roots, configured);
    }
  }

  /**
   * Reads it; one that is missing or cannot be read is empty.
   *
   * @param folder of the pool's releases
   */
  ReleaseHistory(Path folder) throws IOException {
    this.file = folder.resolve(FILE);
    Properties read = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      read.load(in);
      for (int i = 0; read.containsKey(i + ".hash"); i++) {
        entries.add(entry(read, i + "."));
      }
    } catch (NoSuchFileException e) {
      return; // the first supervisor here
    } catch (IllegalArgumentException | DateTimeException | CharacterCodingException e) {
      entries.clear(); // not written by us: nothing to go back to
    }
  }

  private static Entry entry(Properties read, String at) {
    return new Entry(
        read.getProperty(at + "hash"),
        read.getProperty(at + "source", ""),
        State.valueOf(read.getProperty(at + "state", "")),
        Instant.parse(read.getProperty(at + "since", "")),
        list(read, at + "root."),
        list(read, at + "configured."));
  }

  private static List<String> list(Properties read, String at) {
    List<String> all = new ArrayList<>();
    for (int i = 0; read.containsKey(at + i); i++) {
      all.add(read.getProperty(at + i));
    }
    return all;
  }

  /** In the order in which they came to what they are. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** The one that serves. */
  public Optional<Entry> serving() {
    return entries.stream().filter(e -> e.state() == State.SERVING).findFirst();
  }

  /** The last one that served before and that nobody has gone back from. */
  public Optional<Entry> before() {
    return entries.stream()
        .filter(e -> e.state() == State.REPLACED)
        .reduce((older, newer) -> newer);
  }

  /** A rollout to a release begins. One that serves goes on doing so. */
  public void tried(Release release, String source, List<String> configured) throws IOException {
    List<String> roots =
        release.classPath().stream().map(p -> release.folder().relativize(p).toString()).toList();
    Optional<Entry> same = find(release.hash());
    State state = same.map(Entry::state).filter(s -> s == State.SERVING).orElse(State.TRIED);
    put(new Entry(release.hash(), source, state, Instant.now(), roots, configured));
  }

  /**
   * A release serves from now on.
   *
   * @param back whether an operator went back to it from the one that has served until now
   */
  public void serves(String hash, boolean back) throws IOException {
    for (Entry e : List.copyOf(entries)) {
      if (e.state() == State.SERVING && !e.hash().equals(hash)) {
        entries.set(entries.indexOf(e), e.in(back ? State.WITHDRAWN : State.REPLACED));
      }
    }
    become(hash, State.SERVING);
  }

  /** A rollout to a release was taken back; one that serves is what it was. */
  public void rejected(String hash) throws IOException {
    if (find(hash).filter(e -> e.state() == State.TRIED).isPresent()) {
      become(hash, State.REJECTED);
    }
  }

  private void become(String hash, State state) throws IOException {
    Optional<Entry> entry = find(hash);
    if (entry.isPresent()) {
      put(entry.get().in(state));
    }
  }

  private Optional<Entry> find(String hash) {
    return entries.stream().filter(e -> e.hash().equals(hash)).findFirst();
  }

  private void put(Entry entry) throws IOException {
    entries.removeIf(e -> e.hash().equals(entry.hash()));
    entries.add(entry);
    while (entries.size() > MOST) {
      Entry oldest =
          entries.stream().filter(e -> e.state() != State.SERVING).findFirst().orElseThrow();
      entries.remove(oldest);
    }
    write();
  }

  private void write() throws IOException {
    Properties all = new Properties();
    for (int i = 0; i < entries.size(); i++) {
      Entry e = entries.get(i);
      String at = i + ".";
      all.setProperty(at + "hash", e.hash());
      all.setProperty(at + "source", e.source());
      all.setProperty(at + "state", e.state().name());
      all.setProperty(at + "since", e.since().toString());
      put(all, at + "root.", e.roots());
      put(all, at + "configured.", e.configured());
    }
    Path next = file.resolveSibling(FILE + ".new");
    try (Writer out = Files.newBufferedWriter(next)) {
      all.store(out, null);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void put(Properties all, String at, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      all.setProperty(at + i, values.get(i));
    }
  }
}
