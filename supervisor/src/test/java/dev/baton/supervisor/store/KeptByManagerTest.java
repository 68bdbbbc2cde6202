package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.serves;
import static dev.baton.supervisor.store.Fixtures.tcp;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.supervisor.state.ListenerRecord;
import dev.baton.sys.Constants;
import dev.baton.sys.SockAddr;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store whose sockets and files a service manager has kept while nobody else had them. */
@ExtendWith(FdLeakCheck.class)
class KeptByManagerTest {
  @TempDir Path folder;

  /** The manager's own copies, by name. */
  private final Map<String, OwnedFd> kept = new LinkedHashMap<>();

  private final Set<String> forgotten = new TreeSet<>();

  private void keep(FdStore store) throws Exception {
    for (Map.Entry<String, OwnedFd> one : store.toBeKept().entrySet()) {
      kept.put(one.getKey(), one.getValue().duplicate("kept"));
    }
  }

  private void forget(Set<String> names) {
    forgotten.addAll(names);
    names.forEach(name -> kept.remove(name).close());
  }

  private void end() {
    kept.values().forEach(OwnedFd::close);
    kept.clear();
  }

  private List<PassedSocket> passed() throws Exception {
    List<PassedSocket> all = new ArrayList<>();
    for (Map.Entry<String, OwnedFd> one : kept.entrySet()) {
      all.add(new PassedSocket(one.getKey(), one.getValue().duplicate("passed")));
    }
    return all;
  }

  private FdStore next(
      List<ListenerRecord> records, List<ListenerConfig> listeners, List<FileConfig> files)
      throws Exception {
    try (PassedSockets passed = new PassedSockets(POSIX, passed());
        Recovered recovered = new Recovered(POSIX, records)) {
      recovered.add(passed.takeKept(), this::forget);
      return FdStore.open(POSIX, passed, recovered, listeners, files);
    }
  }

  private static int read(FdStore store, String file) throws Exception {
    byte[] one = new byte[1];
    try (OwnedFd lent = store.lend(file)) {
      lent.<Integer, IOException>borrow(n -> POSIX.read(n, one));
    }
    return one[0];
  }

  @Test
  void everythingIsTheSameAsBefore() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "abc");
    List<ListenerConfig> listeners =
        List.of(
            tcp("tcp", "127.0.0.1", 0),
            unix("unix", folder.resolve("s")),
            Fixtures.udp("udp", "127.0.0.1", 0),
            Fixtures.reuseport("split", new TcpAddress("127.0.0.1", 0)),
            Fixtures.reuseport("grams", new UdpAddress("127.0.0.1", 0)));
    List<FileConfig> files = List.of(Fixtures.file("text", text, FileAccess.READ, false));
    List<ListenerRecord> records;
    try (FdStore first = FdStore.open(POSIX, listeners, files)) {
      first.lend("split", 1).close();
      first.lend("grams", 1).close();
      assertEquals('a', read(first, "text"));
      keep(first);
      records = first.records();
      Files.move(folder.resolve("s"), folder.resolve("moved")); // a killed one unlinks nothing
    }
    Files.move(folder.resolve("moved"), folder.resolve("s"));
    for (List<ListenerRecord> known : List.of(records, List.<ListenerRecord>of())) {
      try (FdStore next = next(known, listeners, files)) {
        assertEquals(known.isEmpty(), next.records().stream().anyMatch(r -> !r.ordered()));
        assertEquals(cookies(records), cookies(next.records()));
        assertEquals(kept.keySet(), next.toBeKept().keySet());
        assertTrue(serves(next, "tcp") && serves(next, "unix"));
        assertEquals(known.isEmpty() ? 'c' : 'b', read(next, "text"), "one offset");
        assertEquals(List.of(), next.guard());
        Files.move(folder.resolve("s"), folder.resolve("moved"));
      }
      Files.move(folder.resolve("moved"), folder.resolve("s"));
    }
    assertEquals(Set.of(), forgotten);
    end();
  }

  private static Map<String, Set<ListenerRecord.Socket>> cookies(List<ListenerRecord> records) {
    Map<String, Set<ListenerRecord.Socket>> all = new LinkedHashMap<>();
    records.forEach(r -> all.put(r.listener(), Set.copyOf(r.sockets())));
    return all;
  }

  /** An address that the manager still has cannot be bound otherwise. */
  @Test
  void whatIsOfNoUseIsForgottenBeforeAnythingIsBound() throws Exception {
    Path path = Files.writeString(folder.resolve("f"), "old");
    FileConfig file = Fixtures.file("f", path, FileAccess.READ, false);
    List<ListenerRecord> records;
    int port;
    try (FdStore first =
        FdStore.open(
            POSIX,
            List.of(tcp("web", "127.0.0.1", 0), tcp("gone", "127.0.0.1", 0)),
            List.of(file))) {
      port = Fixtures.port(first, "web");
      records = first.records();
      keep(first);
    }
    Files.delete(path);
    Files.writeString(path, "new");
    ListenerConfig split = Fixtures.reuseport("web", new TcpAddress("127.0.0.1", port));
    assertThrows(
        StoreException.class, () -> FdStore.open(POSIX, List.of(split), List.of()), "it is in use");
    try (FdStore next = next(records, List.of(split), List.of(file))) {
      assertEquals(Set.of("listener.web", "listener.gone", "file.f"), forgotten);
      assertTrue(serves(next, "web"));
      assertEquals('n', read(next, "f"));
    }
    end();
  }

  /** What the manager has bound it has anyway, and its path is not ours. */
  @Test
  void whatTheManagerHasBoundItselfStaysItsOwn() throws Exception {
    Path path = folder.resolve("s");
    OwnedFd bound =
        OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0), "manager's");
    bound.use(n -> POSIX.bind(n, SockAddr.unix(path.toString())));
    List<ListenerConfig> listeners = List.of(unix("web", path), tcp("own", "127.0.0.1", 0));
    List<PassedSocket> sockets = List.of(new PassedSocket("web", bound));
    try (PassedSockets passed = new PassedSockets(POSIX, sockets);
        FdStore store = FdStore.open(POSIX, passed, listeners, List.of())) {
      assertEquals(Set.of("listener.own"), store.toBeKept().keySet());
    }
    assertTrue(Files.exists(path));
  }

  @Test
  void aPathIsTheStoresToUnlinkAgain() throws Exception {
    Path path = folder.resolve("s");
    List<ListenerConfig> listeners = List.of(unix("web", path));
    try (FdStore first = FdStore.open(POSIX, listeners, List.of())) {
      keep(first);
      Files.move(path, folder.resolve("moved"));
    }
    Files.move(folder.resolve("moved"), path);
    next(List.of(), listeners, List.of()).close();
    assertFalse(Files.exists(path));
    end();
  }

  @Test
  void aSocketElsewhereIsNotTheListeners() throws Exception {
    int before;
    try (FdStore first = FdStore.open(POSIX, List.of(tcp("web", "127.0.0.1", 0)), List.of())) {
      before = Fixtures.port(first, "web");
      keep(first);
    }
    try (FdStore next = next(List.of(), List.of(tcp("web", "127.0.0.2", 0)), List.of())) {
      assertNotEquals("tcp://127.0.0.1:" + before, Fixtures.address(next, "web"));
      assertEquals(Set.of("listener.web"), forgotten);
    }
    end();
  }
}
