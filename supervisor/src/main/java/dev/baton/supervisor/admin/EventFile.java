package dev.baton.supervisor.admin;

import dev.baton.supervisor.journal.RotatingFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal on disk, a JSON object a line, in a file and an old one, so that it outlives the
 * supervisor. One thread of its own reads and writes; a full or slow disk loses lines, which is
 * told once in the supervisor's log, and stops nobody. Thread-safe.
 */
public final class EventFile implements AutoCloseable {
  /** The name of the file, in the folder of the logs. */
  public static final String NAME = "events.jsonl";

  /** The most entries that are read. */
  public static final int MOST_READ = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(EventFile.class);
  private static final long MOST_BYTES = 8L << 20;
  private static final int WAITING = 10_000;
  private static final int GOODBYE_SECONDS = 2;

  private final Path path;
  private final RotatingFile file;
  private final ThreadPoolExecutor thread;
  private boolean complained;

  /** Appends to a file that may be there; opened with the first entry. */
  public EventFile(Path path) {
    this(path, MOST_BYTES);
  }

  EventFile(Path path, long mostBytes) {
    this.path = path;
    this.file = new RotatingFile(path, mostBytes, 1);
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread t = new Thread(task, "baton-events");
              t.setDaemon(true);
              return t;
            });
  }

  /** Writes an entry down, soon; never blocks. */
  public void write(EventView event) {
    try {
      thread.execute(() -> append(event));
    } catch (RejectedExecutionException e) {
      LOG.debug("an event is not written down: {}", event);
    }
  }

  private void append(EventView event) {
    try {
      byte[] line = AdminWriter.event(event).getBytes(StandardCharsets.UTF_8);
      file.append(ByteBuffer.wrap(line));
    } catch (IOException e) {
      if (!complained) {
        complained = true;
        LOG.warn("events are missing from {}: {}", path, e.toString());
      }
    }
  }

  /** Waits until all that came before is written; gives up on a disk that blocks after 2 s. */
  public void flush() {
    try {
      thread.submit(() -> {}).get(GOODBYE_SECONDS, TimeUnit.SECONDS);
    } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
      LOG.warn("events may be missing from {}: {}", path, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The entries since a time, of all lives, oldest first; after those that wait were written. */
  public CompletionStage<List<EventView>> since(Instant time) {
    CompletableFuture<List<EventView>> result = new CompletableFuture<>();
    try {
      thread.execute(
          () -> {
            try {
              result.complete(read(path, time));
            } catch (IOException | RuntimeException e) {
              result.completeExceptionally(new OperationRefused("the events: " + e.getMessage()));
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(new OperationRefused("there are too many events to be read"));
    }
    return result;
  }

  /**
   * The entries of a file and its old one since a time, the newest 10,000 of them, oldest first.
   * What is no entry, such as half a line after a crash, is passed over.
   */
  public static List<EventView> read(Path path, Instant since) throws IOException {
    Deque<EventView> found = new ArrayDeque<>();
    read(path.resolveSibling(path.getFileName() + ".1"), since, found);
    read(path, since, found);
    return new ArrayList<>(found);
  }

  private static void read(Path file, Instant since, Deque<EventView> into) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      for (String raw = lines.readLine(); raw != null; raw = lines.readLine()) {
        // Read as bytes first: what is not UTF-8 must not end the reading.
        byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
        EventView event = parse(new String(bytes, StandardCharsets.UTF_8), since);
        if (event != null) {
          into.addLast(event);
        }
        if (into.size() > MOST_READ) {
          into.removeFirst();
        }
      }
    } catch (NoSuchFileException e) {
      return; // none was put aside yet, or none was written
    }
  }

  private static EventView parse(String line, Instant since) {
    try {
      EventView event = AdminReader.event(line);
      return Instant.parse(event.time()).isBefore(since) ? null : event;
    } catch (IOException | DateTimeParseException e) {
      return null;
    }
  }

  /** Writes what waits, for two seconds at most. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (thread.awaitTermination(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
        file.close();
      }
    } catch (IOException e) {
      LOG.debug("closing {}: {}", path, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
