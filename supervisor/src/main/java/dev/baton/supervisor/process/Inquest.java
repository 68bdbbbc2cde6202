package dev.baton.supervisor.process;

import dev.baton.supervisor.core.Exit;
import dev.baton.supervisor.core.PostMortem;
import dev.baton.supervisor.core.WorkerId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be found out after the end of a worker; and what it left is put in order. Blocking file
 * I/O; what cannot be read is logged and counts as not there. One thread at a time.
 */
public final class Inquest {
  /** The file in a worker's evidence folder with the threads of one that was hung. */
  public static final String THREADS = "threads.txt";

  /** The lines of its log that are kept in memory, and their characters. */
  private static final int TAIL_LINES = 20;

  private static final int TAIL_CHARACTERS = 4096;

  /** The most of a thread dump. */
  private static final int DUMP_BYTES = 4 << 20;

  private static final int SIGKILL = Exit.signalNumber("SIGKILL").orElseThrow();
  private static final Logger LOG = LoggerFactory.getLogger(Inquest.class);

  private final WorkerLogs logs;
  private final Evidence evidence;
  private final OomKills oomKills = new OomKills();

  /** Looks into the files of ended workers. */
  public Inquest(WorkerLogs logs, Evidence evidence) {
    this.logs = logs;
    this.evidence = evidence;
  }

  /** A worker is about to start: what happened to others is not its affair. */
  public void starting() {
    oomKills.look();
  }

  /**
   * Completes what is known.
   *
   * @param end without findings
   */
  public PostMortem of(PostMortem end, Remains remains) {
    WorkerId id = end.worker();
    boolean foreign = remains.exit().signal() == SIGKILL && !remains.killed();
    String outOfMemory = foreign ? oomKills.sign(remains.cgroup()) : "";
    if (remains.dumpAsked() >= 0) {
      keepThreads(id, remains.dumpAsked());
    }
    return end.with(
        new PostMortem.Findings(
            outOfMemory,
            evidence.folder(id).toString(),
            left(id),
            end.inOrder() ? List.of() : tail(id)));
  }

  private void keepThreads(WorkerId id, long from) {
    try {
      Optional<byte[]> threads = ThreadDump.in(logs.read(id, from, DUMP_BYTES));
      if (threads.isPresent()) {
        evidence.keep(id, THREADS, threads.get());
      }
    } catch (IOException e) {
      LOG.warn("{}: its thread dump cannot be kept beside its log: {}", id, e.toString());
    }
  }

  private List<String> left(WorkerId id) {
    try {
      evidence.ended(id);
      return evidence.names(id);
    } catch (IOException e) {
      LOG.warn("cleaning up: {}", e.getMessage());
      return List.of();
    }
  }

  private List<String> tail(WorkerId id) {
    try {
      return bounded(logs.tail(id, TAIL_LINES));
    } catch (IOException e) {
      return List.of("(its log cannot be read: " + e.getMessage() + ")");
    }
  }

  /** Many of them are kept, so the longest lines pay: the newest stay. */
  private static List<String> bounded(List<String> lines) {
    Deque<String> kept = new ArrayDeque<>();
    int room = TAIL_CHARACTERS;
    for (int i = lines.size() - 1; i >= 0 && room > 0; i--) {
      String line = lines.get(i);
      kept.addFirst(line.length() > room ? line.substring(0, room) : line);
      room -= line.length() + 1;
    }
    return List.copyOf(kept);
  }
}
