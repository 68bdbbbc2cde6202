package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.hooked;
import static dev.baton.supervisor.store.Fixtures.open;
import static dev.baton.supervisor.store.Fixtures.serves;
import static dev.baton.supervisor.store.Fixtures.unix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.supervisor.config.UnixOptions;
import dev.baton.sys.Constants;
import dev.baton.sys.SockAddr;
import dev.baton.testkit.FdLeakCheck;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class UnixListenerTest {
  @TempDir Path folder;

  private static String problem(Path path) {
    return assertThrows(StoreException.class, () -> open(unix("web", path)).close()).getMessage();
  }

  @Test
  void servesAndIsUnlinkedAtTheEnd() throws Exception {
    Path path = folder.resolve("s");
    try (FdStore store = open(unix("web", path))) {
      assertTrue(serves(store, "web"));
      assertEquals("unix:" + path, Fixtures.address(store, "web"));
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void permissionsAreExactWhateverTheUmask() throws Exception {
    for (int mode : new int[] {0600, 0660, 0666, 0777, 0622}) {
      Path path = folder.resolve("s" + mode);
      UnixOptions options = new UnixOptions(mode, Optional.empty(), Optional.empty());
      try (FdStore store = open(unix("web", path, options))) {
        assertEquals(mode, SocketFile.permissions(path));
        assertEquals(1, store.listeners().size());
      }
    }
  }

  @Test
  void neverWiderThanAskedAndNotServedBefore() throws Exception {
    Path path = folder.resolve("s");
    UnixOptions options = new UnixOptions(0620, Optional.empty(), Optional.empty());
    List<Integer> seen = new ArrayList<>();
    var posix =
        hooked(
            (method, arguments) -> {
              if (Files.exists(path)) {
                seen.add(SocketFile.permissions(path));
              } else if (method.equals("fchmod")) {
                seen.add((Integer) arguments[1]); // what bind gives the name, but for the umask
              }
            });
    FdStore.open(posix, List.of(unix("web", path, options)), List.of()).close();
    assertTrue(seen.size() > 1, "fchmod and at least listen: " + seen);
    seen.forEach(mode -> assertEquals(0, mode & ~0620, () -> Integer.toOctalString(mode)));
  }

  @Test
  void ownerAndGroupByNumber() throws Exception {
    assumeTrue(SafeFolders.uid() == 0, "only root can give files away");
    Path path = folder.resolve("s");
    UnixOptions options = new UnixOptions(0660, Optional.of("1"), Optional.of("2"));
    try (FdStore store = open(unix("web", path, options))) {
      assertEquals(1, Files.getAttribute(path, "unix:uid"));
      assertEquals(2, Files.getAttribute(path, "unix:gid"));
      assertTrue(serves(store, "web"));
    }
  }

  @Test
  void aStaleSocketFileIsReplaced() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path), "the JDK leaves it behind");
    try (FdStore store = open(unix("web", path))) {
      assertTrue(serves(store, "web"));
    }
  }

  @Test
  void aSecondStoreIsRefused() throws Exception {
    Path path = folder.resolve("s");
    try (FdStore store = open(unix("web", path))) {
      assertEquals(
          "listener web: unix:"
              + path
              + ": the path is in use by another process, pid "
              + ProcessHandle.current().pid(),
          problem(path));
      assertEquals(List.of(), store.guard());
    }
  }

  @Test
  void anOrphanOfADeadSupervisorIsNamed() throws Exception {
    Path path = folder.resolve("s");
    // The parent listens and ends; its child keeps the socket until its input ends.
    String script =
        "import os,socket,sys\n"
            + "s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(5)\n"
            + "pid=os.fork()\n"
            + "if pid: print(os.getpid(), flush=True); os._exit(0)\n"
            + "sys.stdin.read()\n";
    Process parent = new ProcessBuilder("python3", "-c", script, path.toString()).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.US_ASCII))) {
      String pid = out.readLine();
      assertTrue(parent.waitFor(10, TimeUnit.SECONDS), "the parent still runs");
      assertEquals(
          "listener web: unix:"
              + path
              + ": the path is in use: pid "
              + pid
              + " opened it and has ended, but a process that it started still serves it",
          problem(path));
    } finally {
      parent.getOutputStream().close();
      parent.destroyForcibly();
    }
  }

  @Test
  void whatIsNoSocketIsLeftAlone() throws Exception {
    Path path = folder.resolve("s");
    Files.writeString(path, "precious");
    assertEquals(
        "listener web: unix:"
            + path
            + ": there is a regular file at this path, which is left"
            + " alone: remove it or choose another path",
        problem(path));
    assertEquals("precious", Files.readString(path));
    Path link = folder.resolve("l");
    Files.createSymbolicLink(link, folder.resolve("nowhere"));
    assertTrue(problem(link).contains("there is a symbolic link at this path"), problem(link));
    assertTrue(problem(Files.createDirectory(folder.resolve("d"))).contains("is a folder"));
  }

  @Test
  void aSocketOfAnotherKindIsNotRemoved() throws Exception {
    Path path = folder.resolve("s");
    int other = POSIX.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0);
    try {
      POSIX.bind(other, SockAddr.unix(path.toString()));
      POSIX.listen(other, 1);
      assertTrue(
          problem(path)
              .endsWith("the path is in use by another process, with a socket of another type"),
          problem(path));
      assertTrue(Files.exists(path));
    } finally {
      POSIX.close(other);
    }
  }

  @Test
  void aFullQueueIsInUse() throws Exception {
    Path path = folder.resolve("s");
    int full = POSIX.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0);
    int client = POSIX.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0);
    try {
      POSIX.bind(full, SockAddr.unix(path.toString()));
      POSIX.listen(full, 0);
      assertEquals(0, POSIX.connect(client, SockAddr.unix(path.toString())));
      assertEquals(
          "listener web: unix:" + path + ": the path is in use by another process", problem(path));
    } finally {
      POSIX.close(full);
      POSIX.close(client);
    }
  }

  @Test
  void onlyItsOwnFileIsUnlinked() throws Exception {
    Path path = folder.resolve("s");
    FdStore store = open(unix("web", path));
    Files.delete(path);
    try (FdStore other = open(unix("web", path))) {
      store.close();
      assertTrue(Files.exists(path), "unlinked the other's");
      assertTrue(serves(other, "web"));
    }
    assertFalse(Files.exists(path));
  }
}
