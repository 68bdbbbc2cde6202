package dev.baton.supervisor.runtime;

import dev.baton.supervisor.adoption.Identity;
import dev.baton.supervisor.core.Pool;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.process.ProcStat;
import dev.baton.supervisor.state.PoolRecord;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.supervisor.state.WorkerRecord;
import dev.baton.supervisor.store.FdStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps what the next supervisor needs to know up to date. A file that cannot be written makes this
 * one no worse, so it is only told of; once, until it works again. Only for the loop's thread.
 */
public final class StateBook {
  private final StateFolder folder;
  private final Journal journal;
  private final Map<WorkerId, WorkerRecord> workers = new HashMap<>();
  private boolean told;

  private interface Writing {
    void run() throws IOException;
  }

  /** Writes to that folder. */
  public StateBook(StateFolder folder, Journal journal) {
    this.folder = folder;
    this.journal = journal;
  }

  private void write(String what, Writing writing) {
    try {
      writing.run();
      told = false;
    } catch (IOException e) {
      if (!told) {
        journal.warn(what, "the next supervisor could not adopt it as it is: " + e);
      }
      told = true;
    }
  }

  /** To be called before a worker is told its secret. */
  void welcomes(WorkerId id, int generation, int pid, String secret) {
    write(
        id.toString(),
        () -> {
          ProcStat process = ProcStat.of(Path.of("/proc", String.valueOf(pid)));
          put(
              id,
              new WorkerRecord(
                  id.toString(),
                  generation,
                  pid,
                  process.startTime(),
                  process.uid(),
                  Identity.hash(secret)));
        });
  }

  private void put(WorkerId id, WorkerRecord record) throws IOException {
    workers.put(id, record);
    folder.put(record);
  }

  /** One of an earlier supervisor, whose record is there. */
  void adopted(WorkerId id, WorkerRecord record) {
    workers.put(id, record);
  }

  /** To be called before a spare is told of its slot. */
  void renamed(WorkerId spare, WorkerId id) {
    WorkerRecord before = workers.remove(spare);
    if (before != null) {
      write(
          id.toString(),
          () -> {
            put(id, before.as(id.toString()));
            folder.removeWorker(spare.toString());
          });
    }
  }

  /** Its end was seen. */
  void ended(WorkerId id) {
    if (workers.remove(id) != null) {
      write(id.toString(), () -> folder.removeWorker(id.toString()));
    }
  }

  /** To be called with every new state of a pool, before its effects are carried out. */
  void pool(Pool pool, int configured) {
    write(
        pool.name(),
        () ->
            folder.put(
                new PoolRecord(
                    pool.name(),
                    configured,
                    pool.target(),
                    pool.generation(),
                    pool.lastGeneration())));
  }

  /** There is no such pool any more. */
  void removed(String pool) {
    write(pool, () -> folder.removePool(pool));
  }

  /** To be called now and then. */
  void listeners(FdStore store) {
    write("listeners", () -> folder.keepListeners(store.records()));
  }

  /** After an orderly end. */
  public void clear() {
    write("supervisor", folder::clear);
  }
}
