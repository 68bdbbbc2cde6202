package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.serves;
import static dev.baton.supervisor.store.Fixtures.tcp;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.state.ListenerRecord;
import dev.baton.testkit.FdLeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store that another one's sockets and files come back to, by copies that workers had. */
@ExtendWith(FdLeakCheck.class)
class RecoveredTest {
  @TempDir Path folder;

  /** What a worker holds when the supervisor dies: copies, and what was said of them. */
  private record Worker(int slot, List<Descriptor> what, List<OwnedFd> fds) {
    static Worker of(int slot) {
      return new Worker(slot, new ArrayList<>(), new ArrayList<>());
    }

    Worker lent(FdStore store, String... names) throws Exception {
      for (String name : names) {
        what.add(store.describe(name));
        fds.add(store.lend(name, slot));
      }
      return this;
    }
  }

  private static Recovered recovered(List<ListenerRecord> records, Worker... workers) {
    Recovered recovered = new Recovered(POSIX, records);
    for (Worker worker : workers) {
      FdBag bag = new FdBag();
      worker.fds().forEach(bag::add);
      recovered.add("w/" + worker.slot() + "#1", worker.slot(), worker.what(), bag);
    }
    return recovered;
  }

  private static FdStore open(
      Recovered recovered, List<ListenerConfig> listeners, List<FileConfig> files)
      throws StoreException {
    try (recovered;
        PassedSockets none = new PassedSockets(POSIX, List.of())) {
      return FdStore.open(POSIX, none, recovered, listeners, files);
    }
  }

  @Test
  void listenersAreTheSameSocketsAsBefore() throws Exception {
    List<ListenerConfig> listeners =
        List.of(tcp("tcp", "127.0.0.1", 0), unix("unix", folder.resolve("s")));
    List<ListenerRecord> records;
    String address;
    Worker worker = Worker.of(0);
    Worker other = Worker.of(1);
    try (FdStore first = FdStore.open(POSIX, listeners, List.of())) {
      records = first.records();
      address = Fixtures.address(first, "tcp");
      worker.lent(first, "tcp", "unix");
      other.lent(first, "tcp");
      Files.move(folder.resolve("s"), folder.resolve("kept")); // a killed one unlinks nothing
    }
    Files.move(folder.resolve("kept"), folder.resolve("s"));
    Recovered recovered = recovered(records, worker, other);
    try (FdStore next = open(recovered, listeners, List.of())) {
      assertEquals(records, next.records());
      assertEquals(address, Fixtures.address(next, "tcp"));
      assertTrue(serves(next, "tcp") && serves(next, "unix"));
      assertEquals(List.of(), next.guard());
      assertEquals(List.of(), recovered.problems());
    }
    assertFalse(Files.exists(folder.resolve("s")), "the path is the store's to unlink");
  }

  @Test
  void ofAGroupTheOrderIsKnownWhenOneIsGone() throws Exception {
    ListenerConfig split = Fixtures.reuseport("split", new TcpAddress("127.0.0.1", 0));
    List<ListenerRecord> records;
    List<Worker> workers = new ArrayList<>();
    try (FdStore first = FdStore.open(POSIX, List.of(split), List.of())) {
      for (int slot = 0; slot < 4; slot++) {
        workers.add(Worker.of(slot).lent(first, "split"));
      }
      records = first.records();
    }
    workers.remove(1).fds().forEach(OwnedFd::close); // the last one takes its place
    Recovered recovered = recovered(records, workers.toArray(Worker[]::new));
    try (FdStore next = open(recovered, List.of(split), List.of())) {
      ListenerRecord now = next.records().get(0);
      assertTrue(now.ordered());
      assertEquals(
          List.of(0, 3, 2), now.sockets().stream().map(ListenerRecord.Socket::slot).toList());
      assertEquals(Set.of(0, 2, 3), next.slots("split"));
      // The program counts in that order: each connection comes to the one slot that is wanted.
      next.steer("split", Set.of(3));
      for (int i = 0; i < 20; i++) {
        assertTrue(reaches(next, 3));
      }
    }
  }

  private static boolean reaches(FdStore store, int slot) throws Exception {
    try (var client = java.nio.channels.SocketChannel.open(Fixtures.client(store, "split"));
        OwnedFd lent = store.lend("split", slot)) {
      lent.use(n -> POSIX.poll(n, dev.baton.sys.Constants.POLLIN, 5000));
      int accepted = lent.borrow(POSIX::accept4);
      boolean there = accepted != dev.baton.sys.Posix.WOULD_BLOCK;
      if (there) {
        POSIX.close(accepted);
      }
      return there && client.isConnected();
    }
  }

  @Test
  void aSocketThatWasNotLentIsNoListener() throws Exception {
    ListenerConfig web = tcp("web", "127.0.0.1", 0);
    List<ListenerRecord> records;
    try (FdStore first = FdStore.open(POSIX, List.of(web), List.of())) {
      records = first.records();
    }
    Worker liar = Worker.of(0);
    String false1;
    try (FdStore other = FdStore.open(POSIX, List.of(web), List.of())) {
      false1 = Fixtures.address(other, "web");
      liar.lent(other, "web");
    }
    Recovered recovered = recovered(records, liar);
    try (FdStore next = open(recovered, List.of(web), List.of())) {
      assertNotEquals(false1, Fixtures.address(next, "web"));
      assertTrue(recovered.problems().get(0).contains("not lent"), recovered::toString);
    }
  }

  @Test
  void whatIsConfiguredOtherwiseIsBoundAnew() throws Exception {
    ListenerConfig web = tcp("web", "127.0.0.1", 0);
    List<ListenerRecord> records;
    Worker worker = Worker.of(0);
    try (FdStore first = FdStore.open(POSIX, List.of(web), List.of())) {
      records = first.records();
      worker.lent(first, "web");
    }
    Recovered recovered = recovered(records, worker);
    try (FdStore next = open(recovered, List.of(unix("web", folder.resolve("u"))), List.of())) {
      assertTrue(serves(next, "web"));
      assertTrue(recovered.problems().get(0).contains("configured otherwise"));
    }
  }

  /** The open file description is the same one, offset and all (APUE 3.10). */
  @Test
  void aFileIsTheSameOneAsLongAsThePathLeadsToIt() throws Exception {
    Path path = folder.resolve("f");
    Files.writeString(path, "0123456789");
    FileConfig file = Fixtures.file("f", path, FileAccess.READ, false);
    Worker worker = Worker.of(0);
    Worker late = Worker.of(1);
    try (FdStore first = FdStore.open(POSIX, List.of(), List.of(file))) {
      worker.lent(first, "f");
      late.lent(first, "f");
      try (OwnedFd lent = first.lend("f")) {
        lent.<Integer, java.io.IOException>borrow(n -> POSIX.read(n, new byte[4]));
      }
    }
    try (FdStore next = open(recovered(List.of(), worker), List.of(), List.of(file));
        OwnedFd lent = next.lend("f")) {
      byte[] more = new byte[1];
      lent.<Integer, java.io.IOException>borrow(n -> POSIX.read(n, more));
      assertEquals('4', more[0]);
    }
    Files.delete(path);
    Files.writeString(path, "another");
    try (FdStore next = open(recovered(List.of(), late), List.of(), List.of(file));
        OwnedFd lent = next.lend("f")) {
      byte[] more = new byte[1];
      lent.<Integer, java.io.IOException>borrow(n -> POSIX.read(n, more));
      assertEquals('a', more[0]);
    }
  }
}
