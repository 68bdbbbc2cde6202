package dev.baton.supervisor.systemd;

import dev.baton.fd.OwnedFd;
import dev.baton.ipc.UnixAddress;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of descriptors that a service manager keeps for the next supervisor (FDSTORE of {@code
 * sd_notify(3)}), so that sockets outlive the supervisor and all of its workers. Without a manager
 * nothing happens. Never fails: a manager that cannot be reached is told once in the log. For one
 * thread.
 */
public final class StoredFds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredFds.class);

  /** For a manager that is busy; nobody serves before, or any more, while it is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final FdMessages messages;
  private final int most;
  private final Map<String, OwnedFd> sent = new LinkedHashMap<>();
  private OwnedFd barrier;
  private boolean changed;
  private boolean over;
  private boolean complained;
  private boolean full;

  /**
   * @param messages null: there is nobody to keep anything
   */
  private StoredFds(FdMessages messages, int most) {
    this.messages = messages;
    this.most = most;
  }

  /**
   * By the environment that a manager starts a service with. systemd says from version 254 on how
   * many descriptors it keeps (FDSTORE); an earlier one ignores those that it does not want.
   */
  public static StoredFds of(Posix posix, Map<String, String> environment) {
    String name = environment.getOrDefault("NOTIFY_SOCKET", "");
    String most = environment.getOrDefault("FDSTORE", "");
    int limit = most.matches("[0-9]{1,9}") ? Integer.parseInt(most) : Integer.MAX_VALUE;
    if (name.isEmpty() || limit == 0) {
      return new StoredFds(null, 0);
    }
    try {
      UnixAddress manager = ManagerAddress.of(name);
      return new StoredFds(new FdMessages(posix, manager), limit);
    } catch (IllegalArgumentException e) {
      return new StoredFds(null, 0); // whoever tells the manager that we serve says so
    }
  }

  /** What a message does. */
  private interface Message {
    boolean send(long deadline) throws SysException;
  }

  /** Whether it is underway. */
  private boolean tell(long deadline, Message message) {
    try {
      boolean done = message.send(deadline);
      changed |= done;
      return done;
    } catch (SysException e) {
      complain(e.getMessage());
      return false;
    }
  }

  private void complain(String why) {
    if (!complained) {
      LOG.warn("the service manager keeps no descriptors for the next start: {}", why);
      complained = true;
    }
  }

  private boolean remove(String name, long deadline) {
    return tell(deadline, at -> messages.send("FDSTOREREMOVE=1\nFDNAME=" + name, null, at));
  }

  private boolean store(String name, OwnedFd fd, long deadline) {
    // Without FDPOLL=0 it would drop a listener that a plugin has shut down, before it is mended.
    String text = "FDSTORE=1\nFDPOLL=0\nFDNAME=" + name;
    return tell(deadline, at -> messages.send(text, fd, at));
  }

  /**
   * Has the manager close what it has kept for an earlier supervisor, and waits until it has, for 2
   * seconds at most: an address is free only then.
   */
  public void forget(Set<String> names) {
    if (messages == null || names.isEmpty()) {
      return;
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (String name : names) {
      remove(name, deadline);
    }
    await(deadline);
  }

  private void await(long deadline) {
    try (OwnedFd told = messages.barrier(deadline)) {
      if (told == null || !messages.passed(told, deadline)) {
        LOG.warn("the service manager does not answer");
      }
    } catch (SysException e) {
      complain(e.getMessage());
    }
  }

  /**
   * Has the manager keep these, and nothing else of ours. To be called when they change, and now
   * and then: what finds no room in the manager's queue is sent by the next call. Never waits, and
   * does nothing while nothing changes.
   *
   * @param wanted by the names that they are to come back with; borrowed until the next call
   */
  public void keep(Map<String, OwnedFd> wanted) {
    if (messages == null || over) {
      return;
    }
    look();
    long now = System.nanoTime();
    for (String name : List.copyOf(sent.keySet())) {
      if (wanted.get(name) != sent.get(name)) {
        if (!remove(name, now)) {
          return;
        }
        sent.remove(name);
      }
    }
    for (Map.Entry<String, OwnedFd> one : wanted.entrySet()) {
      if (!sent.containsKey(one.getKey()) && hasRoom(wanted.size())) {
        if (!store(one.getKey(), one.getValue(), now)) {
          return;
        }
        sent.put(one.getKey(), one.getValue());
      }
    }
    if (changed && barrier == null) {
      askWhetherSeen(now);
    }
  }

  private boolean hasRoom(int wanted) {
    boolean room = sent.size() < most;
    if (!room && !full) {
      LOG.warn(
          "the service manager keeps {} descriptors (FileDescriptorStoreMax=), and there are {}:"
              + " what is over is closed when the supervisor and its workers are",
          most,
          wanted);
    }
    full = !room;
    return room;
  }

  private void askWhetherSeen(long now) {
    try {
      barrier = messages.barrier(now);
      changed = barrier == null;
    } catch (SysException e) {
      complain(e.getMessage());
    }
  }

  /** Tells the operator once the manager has seen all. */
  private void look() {
    try {
      if (barrier != null && messages.passed(barrier, System.nanoTime())) {
        LOG.info("the service manager keeps {} descriptors for the next start", sent.size());
        barrier.close();
        barrier = null;
      }
    } catch (SysException e) {
      complain(e.getMessage());
    }
  }

  /** A stop that was asked for: nobody shall find the addresses in use afterwards. */
  public void stopping() {
    if (messages != null && !over) {
      over = true;
      removeAll(System.nanoTime());
    }
  }

  private void removeAll(long deadline) {
    for (String name : List.copyOf(sent.keySet())) {
      if (!remove(name, deadline)) {
        return;
      }
      sent.remove(name);
    }
  }

  /**
   * The end of this process: waits, for 2 seconds at most, until the manager has seen what {@link
   * #stopping} said, as it does not hear those who are gone. Does nothing else.
   */
  @Override
  public void close() {
    if (barrier != null) {
      barrier.close();
      barrier = null;
    }
    if (over && changed) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      removeAll(deadline);
      await(deadline);
      changed = false;
    }
  }
}
