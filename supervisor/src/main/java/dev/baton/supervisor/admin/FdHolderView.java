package dev.baton.supervisor.admin;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The descriptors of one process.
 *
 * @param owner {@code supervisor} or a worker id
 * @param pid of it
 * @param generation of the worker; 0 for the supervisor
 * @param state as in the status
 * @param unseen why its descriptors cannot be seen, so that the rows are the books alone; empty
 *     when they can
 * @param traffic connections that were handed to it; empty where it accepts itself
 * @param fds those that the books know, or that are strays
 * @param others how many more it has open, by kind: its own affair
 */
public record FdHolderView(
    String owner,
    long pid,
    int generation,
    String state,
    String unseen,
    Optional<WorkerTraffic> traffic,
    List<FdView> fds,
    Map<String, Integer> others) {

  /** Copies the collections. */
  public FdHolderView {
    fds = List.copyOf(fds);
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }
}
