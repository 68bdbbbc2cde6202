package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.core.Exit;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Children are reaped by us, with their exit status, and never leave anything of their group. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class ChildTest {
  private static final Posix POSIX = Posix.system();

  @TempDir Path folder;

  /** Passes calls on, notes signals, and can pretend an answer of waitpid or a failing kill. */
  private static final class Watched {
    private final List<List<Object>> signals = new ArrayList<>();
    private WaitStatus pretended;
    private Errno killFails;
    private final Posix posix =
        (Posix)
            Proxy.newProxyInstance(
                Posix.class.getClassLoader(),
                new Class<?>[] {Posix.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("kill")) {
                    signals.add(List.of(arguments));
                    if (killFails != null) {
                      throw new SysException("kill", killFails.number());
                    }
                  }
                  try {
                    Object result = method.invoke(POSIX, arguments);
                    return method.getName().equals("waitpid") && pretended != null
                        ? Optional.of(pretended)
                        : result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  private Exit end(Spawned spawned) throws Exception {
    try (Child child = spawned.child();
        OwnedFd channel = spawned.channel()) {
      assertTrue(channel.isOpen());
      SmallChild.awaitEnd(child);
      return child.reap().orElseThrow();
    }
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "exit 0      | exit code 0",
        "exit 3      | exit code 3",
        "exit 255    | exit code 255",
        "kill -9 $$  | killed by SIGKILL",
        "kill -15 $$ | killed by SIGTERM",
        "ulimit -c 0; kill -11 $$ | killed by SIGSEGV",
      },
      delimiter = '|')
  void theEndIsToldInWords(String script, String words) throws Exception {
    Spawned spawned = SmallChild.shell(POSIX, folder.resolve("log"), script);
    assertEquals(words, end(spawned).toString());
    assertFalse(Files.exists(Path.of("/proc/" + spawned.child().pid())), "it was not reaped");
  }

  /** Whether the kernel writes a core depends on the machine; what it says is passed on. */
  @Test
  void theCoreFlagIsPassedOn() throws Exception {
    Watched watched = new Watched();
    watched.pretended = new WaitStatus(11, 0, true);
    Spawned spawned = SmallChild.shell(watched.posix, folder.resolve("log"), "exit 0");
    assertEquals(new Exit(0, 11, true), end(spawned));
  }

  @Test
  void whileItRunsThereIsNothingToReapAndNothingIsKilled() throws Exception {
    Watched watched = new Watched();
    Spawned spawned = SmallChild.shell(watched.posix, folder.resolve("log"), "exec sleep 1000");
    try {
      assertEquals(Optional.empty(), spawned.child().reap());
      assertEquals(List.of(), watched.signals);
      assertTrue(SmallChild.runs(spawned.child().pid()));
    } finally {
      SmallChild.discard(spawned);
    }
  }

  @Test
  void whatItLeftInItsGroupIsKilledWithIt() throws Exception {
    Path log = folder.resolve("log");
    Spawned spawned = SmallChild.shell(POSIX, log, "sleep 1000 & echo $!; exit 3");
    try (Child child = spawned.child();
        OwnedFd channel = spawned.channel()) {
      assertTrue(channel.isOpen());
      SmallChild.awaitEnd(child);
      long grandchild = Long.parseLong(Files.readString(log).strip());
      assertTrue(SmallChild.runs(grandchild), "the grandchild has ended by itself");
      assertEquals(Exit.code(3), child.reap().orElseThrow());
      awaitGone(grandchild);
    }
  }

  @Test
  void killEndsTheGroupAndTerminateTheProcessAlone() throws Exception {
    Path log = folder.resolve("log");
    String script = "trap 'echo term; exit 7' TERM; sleep 1000 & echo $!; wait";
    Spawned spawned = SmallChild.shell(POSIX, log, script);
    long grandchild = awaitPid(log);
    spawned.child().terminate();
    SmallChild.awaitEnd(spawned.child());
    assertTrue(SmallChild.runs(grandchild), "TERM went to the whole group");
    assertEquals(Exit.code(7), end(spawned));
    awaitGone(grandchild);

    Path second = folder.resolve("second");
    Spawned other = SmallChild.shell(POSIX, second, "sleep 1000 & echo $!; wait");
    long another = awaitPid(second);
    other.child().kill();
    assertEquals(Exit.signal(Constants.SIGKILL), end(other));
    awaitGone(another);
  }

  @Test
  void afterTheReapNobodyIsSignalled() throws Exception {
    Watched watched = new Watched();
    Spawned spawned = SmallChild.shell(watched.posix, folder.resolve("log"), "exit 0");
    try (Child child = spawned.child();
        OwnedFd channel = spawned.channel()) {
      assertTrue(channel.isOpen());
      SmallChild.awaitEnd(child);
      child.terminate(); // a zombie takes signals without notice
      child.reap().orElseThrow();
      watched.signals.clear();
      child.kill();
      child.terminate();
      assertEquals(List.of(), watched.signals);
    }
  }

  @Test
  void aGroupThatCannotBeKilledDoesNotKeepAZombie() throws Exception {
    Watched watched = new Watched();
    Spawned spawned = SmallChild.shell(watched.posix, folder.resolve("log"), "exit 4");
    watched.killFails = Errno.EPERM;
    assertEquals(Exit.code(4), end(spawned));
    assertEquals(1, watched.signals.size());
  }

  @Test
  void aSignalToAProcessThatIsGoneIsNoFailureAndAnyOtherIs() throws Exception {
    Watched watched = new Watched();
    Spawned spawned = SmallChild.shell(watched.posix, folder.resolve("log"), "exec sleep 1000");
    try {
      watched.killFails = Errno.ESRCH;
      spawned.child().terminate();
      spawned.child().kill();
      watched.killFails = Errno.EPERM;
      SysException e = assertThrows(SysException.class, spawned.child()::terminate);
      assertEquals("kill failed: EPERM (Operation not permitted)", e.getMessage());
    } finally {
      watched.killFails = null;
      SmallChild.discard(spawned);
    }
  }

  @Test
  void aWorkerHasExactlyFourDescriptorsAndNothingOfOurEnvironment() throws Exception {
    Path log = folder.resolve("log");
    Launch launch =
        new Launch(
            List.of("/bin/sh", "-c", "ls /proc/$$/fd; exec /usr/bin/env"),
            Map.of("ONLY", "this"),
            Optional.of(folder.toRealPath().toString()));
    int flags = Constants.O_WRONLY | Constants.O_CREAT;
    OwnedFd output = OwnedFd.of(POSIX, POSIX.open(log.toString(), flags, 0600), "log");
    end(new ProcessMaker(POSIX).spawn(launch, "test/0#1", output, Optional.empty()));
    List<String> lines = Files.readAllLines(log);
    assertEquals(List.of("0", "1", "2", "3"), lines.subList(0, 4), lines::toString);
    // The shell adds PWD by itself, and shows where it was started.
    assertTrue(lines.contains("ONLY=this"), lines::toString);
    assertTrue(lines.contains("PWD=" + folder.toRealPath()), lines::toString);
    assertFalse(lines.stream().anyMatch(l -> l.startsWith("HOME=")), lines::toString);
  }

  @Test
  void aProgramThatIsNotThereLeavesNothing() throws Exception {
    List<String> before = Children.ofThisProcess();
    SysException e =
        assertThrows(
            SysException.class,
            () -> SmallChild.start(POSIX, folder.resolve("log"), List.of("/nowhere/java")));
    assertEquals("posix_spawn failed: ENOENT (No such file or directory)", e.getMessage());
    assertEquals(before, Children.ofThisProcess());
  }

  private static long awaitPid(Path log) throws Exception {
    Awaitility.await("the grandchild's pid")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Files.exists(log) && Files.readString(log).contains("\n"));
    return Long.parseLong(Files.readAllLines(log).get(0));
  }

  private static void awaitGone(long pid) {
    Awaitility.await("the end of the grandchild " + pid)
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !SmallChild.runs(pid));
  }
}
