package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.failing;
import static dev.baton.supervisor.store.Fixtures.file;
import static dev.baton.supervisor.store.Fixtures.open;
import static dev.baton.supervisor.store.Fixtures.port;
import static dev.baton.supervisor.store.Fixtures.tcp;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.UnixOptions;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads when a listener or file cannot be had. */
@ExtendWith(FdLeakCheck.class)
class StoreProblemsTest {
  @TempDir Path folder;

  private static String problem(Posix posix, ListenerConfig listener) {
    return problem(posix, List.of(listener), List.of());
  }

  private static String problem(ListenerConfig listener) {
    return problem(POSIX, listener);
  }

  private static String problem(FileConfig file) {
    return problem(POSIX, List.of(), List.of(file));
  }

  private static String problem(
      Posix posix, List<ListenerConfig> listeners, List<FileConfig> files) {
    HostLookup noNameServer =
        host -> {
          if (host.contains("invalid")) {
            throw new UnknownHostException(host);
          }
          return InetAddress.getByName(host);
        };
    return assertThrows(
            StoreException.class, () -> FdStore.open(posix, noNameServer, listeners, files).close())
        .getMessage();
  }

  @Test
  void portTaken() throws Exception {
    try (FdStore first = open(tcp("x", "127.0.0.1", 0))) {
      int port = port(first, "x");
      assertEquals(
          "listener web: tcp://127.0.0.1:"
              + port
              + ": bind failed: EADDRINUSE (Address already in use): another process listens"
              + " there",
          problem(tcp("web", "127.0.0.1", port)));
    }
  }

  @Test
  void addressOfAnotherMachine() {
    assertEquals(
        "listener web: tcp://192.0.2.1:0: bind failed: EADDRNOTAVAIL (Cannot assign requested"
            + " address): no interface of this machine has this address",
        problem(tcp("web", "192.0.2.1", 0)));
  }

  @Test
  void privilegedPort() {
    assertEquals(
        "listener web: tcp://127.0.0.1:80: bind failed: EACCES (Permission denied): a port below"
            + " 1024 needs CAP_NET_BIND_SERVICE (or root)",
        problem(failing("bind", Errno.EACCES), tcp("web", "127.0.0.1", 80)));
  }

  @Test
  void unknownHost() {
    assertEquals(
        "listener web: tcp://no.such.host.invalid:80: host name unknown: no.such.host.invalid",
        problem(tcp("web", "no.such.host.invalid", 80)));
  }

  @Test
  void pathTooLong() {
    Path path = folder.resolve("x".repeat(108));
    int length = path.toString().length();
    assertEquals(
        "listener web: unix:"
            + path
            + ": the path has "
            + length
            + " bytes; a socket's path has at"
            + " most 107",
        problem(unix("web", path)));
  }

  @Test
  void noFolder() throws Exception {
    Path path = folder.resolve("none/s");
    assertEquals(
        "listener web: unix:"
            + path
            + ": the folder "
            + folder.resolve("none")
            + " does not exist"
            + " or cannot be seen",
        problem(unix("web", path)));
    Files.writeString(folder.resolve("none"), "");
    assertEquals(
        "listener web: unix:" + path + ": " + folder.resolve("none") + " is not a folder",
        problem(unix("web", path)));
  }

  @Test
  void folderOfSomebodyElse() {
    Path path = folder.resolve("s");
    assertEquals(
        "listener web: unix:"
            + path
            + ": bind failed: EACCES (Permission denied): the folder "
            + folder
            + " does not let us create a socket",
        problem(failing("bind", Errno.EACCES), unix("web", path)));
  }

  @Test
  void unknownOwner() {
    Path path = folder.resolve("s");
    UnixOptions owner = new UnixOptions(0660, Optional.of("no-such-user"), Optional.empty());
    assertEquals(
        "listener web: unix:" + path + ": this machine has no user named no-such-user",
        problem(unix("web", path, owner)));
    UnixOptions group = new UnixOptions(0660, Optional.empty(), Optional.of("no-such-group"));
    assertEquals(
        "listener web: unix:" + path + ": this machine has no group named no-such-group",
        problem(unix("web", path, group)));
    assertFalse(Files.exists(path));
  }

  @Test
  void files() {
    Path none = folder.resolve("none");
    assertEquals(
        "file log: "
            + none
            + ": open failed: ENOENT (No such file or directory): create: true"
            + " would make it",
        problem(file("log", none, FileAccess.APPEND, false)));
    assertEquals(
        "file log: "
            + none.resolve("x")
            + ": open failed: ENOENT (No such file or directory): the"
            + " folder "
            + none
            + " does not exist",
        problem(file("log", none.resolve("x"), FileAccess.APPEND, true)));
    assertEquals(
        "file log: " + folder + ": open failed: EISDIR (Is a directory)",
        problem(file("log", folder, FileAccess.READ, false)));
    assertEquals(
        "file log: "
            + none
            + ": open failed: EACCES (Permission denied): we may not open it to"
            + " append",
        problem(
            failing("open", Errno.EACCES),
            List.of(),
            List.of(file("log", none, FileAccess.APPEND, true))));
  }

  @Test
  void allProblemsAtOnceAndNothingStaysOpen() throws Exception {
    Path good = folder.resolve("s");
    StoreException e =
        assertThrows(
            StoreException.class,
            () ->
                FdStore.open(
                    POSIX,
                    List.of(
                        unix("good", good),
                        tcp("far", "192.0.2.1", 0),
                        tcp("good", "127.0.0.1", 0),
                        tcp("fine", "127.0.0.1", 0)),
                    List.of(file("log", folder.resolve("no/log"), FileAccess.READ, false))));
    assertEquals(3, e.problems().size(), e.getMessage());
    assertEquals(
        "listener good: tcp://127.0.0.1:0: the name is taken by another listener or file",
        e.problems().get(1));
    assertFalse(Files.exists(good), "its socket file was left");
  }

  @Test
  void tooMany() {
    List<FileConfig> many =
        IntStream.range(0, FdStore.MAX + 1)
            .mapToObj(i -> file("f" + i, folder.resolve("f" + i), FileAccess.READ, true))
            .toList();
    assertEquals(
        "1025 listeners and files; a store holds at most 1024", problem(POSIX, List.of(), many));
    assertFalse(Files.exists(folder.resolve("f0")));
  }
}
