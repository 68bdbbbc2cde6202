package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.sys.Errno;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FdLeakCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class RuntimeDirectoryTest {
  @TempDir Path folder;

  private static String refusal(Path path) {
    return assertThrows(
            RuntimeDirectoryException.class, () -> RuntimeDirectory.open(POSIX, path).close())
        .getMessage();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void madeWithItsParentsAndLeftWithoutSockets() throws Exception {
    Path path = folder.resolve("a/b/run");
    RuntimeDirectory directory = RuntimeDirectory.open(POSIX, path);
    try (directory) {
      for (Path one : List.of(path, path.getParent(), path.getParent().getParent())) {
        assertEquals("rwx--x--x", mode(one), one.toString());
      }
      assertEquals("rwxr-x---", mode(directory.logs()));
      assertEquals("rwx--x--x", mode(directory.evidence()));
      assertEquals("rwx--x--x", mode(directory.releases()));
      Files.createFile(directory.adminSocket());
      Files.createFile(directory.adoptionSocket());
      Files.createFile(directory.logs().resolve("hello-0.1.log"));
      Files.createFile(directory.state());
    }
    directory.close();
    assertFalse(Files.exists(directory.adminSocket()));
    assertFalse(Files.exists(directory.adoptionSocket()));
    assertFalse(Files.exists(path.resolve("supervisor.lock")));
    assertTrue(Files.exists(directory.logs().resolve("hello-0.1.log")));
    assertTrue(Files.exists(directory.state()));
  }

  @Test
  void anExistingFolderOfOursIsUsedAndNarrowed() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
    RuntimeDirectory.open(POSIX, folder).close();
    assertEquals("rwx--x--x", mode(folder));
  }

  @Test
  void secondOneInThisProcessIsRefusedAndTheFirstKeepsItsLock() throws Exception {
    RuntimeDirectory first = RuntimeDirectory.open(POSIX, folder);
    long pid = ProcessHandle.current().pid();
    assertEquals("another supervisor, pid " + pid + ", runs on " + folder, refusal(folder));
    assertEquals(Optional.of(pid), RuntimeDirectory.runningPid(folder));
    // Had one of these opened and closed the lock file, the lock would be gone for others.
    assertEquals("held by " + pid, ask(folder));
    first.close();
    assertEquals("free", ask(folder));
    assertEquals(Optional.empty(), RuntimeDirectory.runningPid(folder));
  }

  /** What a process of its own is told. */
  private static String ask(Path path) throws Exception {
    String script =
        "import fcntl,sys\n"
            + "try: f=open(sys.argv[1]+'/supervisor.lock','r+')\n"
            + "except FileNotFoundError: print('free'); sys.exit()\n"
            + "try: fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB); print('free')\n"
            + "except OSError: print('held by '+f.read().strip())\n";
    Process process = new ProcessBuilder("python3", "-c", script, path.toString()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "still running");
    return said.strip();
  }

  @Test
  void anotherProcessIsNamedAndItsDeathFreesTheLock() throws Exception {
    String script =
        "import fcntl,os,sys\n"
            + "f=open(sys.argv[1]+'/supervisor.lock','w')\n"
            + "fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)\n"
            + "print(os.getpid(),file=f,flush=True); print('locked',flush=True)\n"
            + "sys.stdin.read()\n";
    Process other = new ProcessBuilder("python3", "-c", script, folder.toString()).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(other.getInputStream(), StandardCharsets.US_ASCII))) {
      assertEquals("locked", out.readLine());
      assertEquals(Optional.of(other.pid()), RuntimeDirectory.runningPid(folder));
      assertEquals(
          "another supervisor, pid " + other.pid() + ", runs on " + folder, refusal(folder));
    } finally {
      other.destroyForcibly();
    }
    assertTrue(other.waitFor(10, TimeUnit.SECONDS), "still running");
    assertEquals(Optional.empty(), RuntimeDirectory.runningPid(folder));
    RuntimeDirectory.open(POSIX, folder).close();
  }

  @Test
  void aLockFileUnlinkedBetweenOpenAndLockIsNotTheLock() throws Exception {
    Path lock = folder.resolve("supervisor.lock");
    boolean[] unlinked = new boolean[1];
    Fixtures.Hook hook =
        new Fixtures.Hook() {
          @Override
          public void before(String method, Object[] arguments) {}

          @Override
          public void after(String method) throws IOException {
            if (method.equals("open") && !unlinked[0]) {
              unlinked[0] = true;
              Files.delete(lock); // as the one who held it does at its end
            }
          }
        };
    RuntimeDirectory directory = RuntimeDirectory.open(Fixtures.hooked(hook), folder);
    try {
      assertTrue(unlinked[0]);
      assertEquals("held by " + ProcessHandle.current().pid(), ask(folder));
    } finally {
      directory.close();
    }
  }

  @Test
  void nobodyRunsWhereThereIsNothing() throws Exception {
    assertEquals(Optional.empty(), RuntimeDirectory.runningPid(folder.resolve("none")));
  }

  @Test
  void socketsOfADeadSupervisorAreRemovedAndNothingElse() throws Exception {
    Path admin = folder.resolve("admin.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(admin));
    }
    try (RuntimeDirectory directory = RuntimeDirectory.open(POSIX, folder)) {
      assertFalse(Files.exists(directory.adminSocket()));
    }
    Files.writeString(admin, "notes");
    assertEquals(
        admin + " is not a socket; it is left alone: remove it and start again", refusal(folder));
    assertEquals("notes", Files.readString(admin));
    assertEquals(Optional.empty(), RuntimeDirectory.runningPid(folder), "the lock was kept");
  }

  @Test
  void linksAndFilesAreRefused() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertEquals(link + " is a symbolic link; it must be a folder", refusal(link));
    RuntimeDirectory.open(POSIX, link.resolve("run")).close(); // as in /var/run
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(file + " is not a folder", refusal(file));
  }

  @Test
  void foldersThatOthersCanWriteAreRefused() throws Exception {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(refusal(open).contains("can be written by everybody (mode 777)"), refusal(open));
    Path inside = open.resolve("run");
    assertEquals(
        open + " can be written by everybody, who could exchange " + inside, refusal(inside));
  }

  @Test
  void aFolderThatSomebodyElseMadeFirstIsRefused() throws Exception {
    assumeTrue(SafeFolders.uid() == 0, "only root can give folders away");
    Path open = Files.createDirectory(folder.resolve("tmp"));
    Files.setAttribute(open, "unix:mode", 01777);
    Path base = Files.createDirectory(open.resolve("baton-0"));
    Files.setAttribute(base, "unix:uid", 12345);
    assertTrue(
        refusal(base.resolve("x"))
            .startsWith(base + " is owned by uid 12345, neither by us (uid 0) nor by root"),
        refusal(base.resolve("x")));
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.setAttribute(other, "unix:uid", 12345);
    assertEquals(other + " is owned by uid 12345, not by us (uid 0)", refusal(other));
    RuntimeDirectory.open(POSIX, open.resolve("mine/run")).close();
  }

  @Test
  void aPathTooLongForItsSocketsIsRefused() {
    Path path = folder.resolve("x".repeat(100));
    assertTrue(refusal(path).contains("a socket's path has at most 107"), refusal(path));
    assertFalse(Files.exists(path));
  }

  @Test
  void everyFailedCallLeavesNothing() {
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            POSIX, Errno.EMFILE, posix -> RuntimeDirectory.open(posix, folder).close());
    assertEquals(outcome.calls(), outcome.noticed());
    assertEquals(1, outcome.calls());
  }
}
