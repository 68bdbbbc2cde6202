package dev.baton.e2e.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@BatonTest
class ProcTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void knowsThisJvm() {
    long self = Proc.self();
    assertTrue(Proc.exists(self));
    assertFalse(Proc.isZombie(self));
    assertTrue(Proc.identity(self).orElseThrow().alive());
    assertTrue(Proc.pssBytes(self).orElseThrow() > 10_000_000);
    assertTrue(Proc.stat(self).orElseThrow().cpuTicks() > 0);
    assertTrue(Proc.commandLine(self).get(0).endsWith("java"));
    assertFalse(new Proc.Identity(self, 1).alive());
  }

  @Test
  void showsDescriptorsWithTargetAndFlags(@TempDir Path folder) throws Exception {
    var file = Files.createFile(folder.toRealPath().resolve("open"));
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertTrue(channel.isOpen());
      var fd = find(file.toString());
      assertEquals(1, fd.size());
      assertEquals(1, fd.get(0).flags() & 3, "O_WRONLY");
    }
    assertEquals(List.of(), find(file.toString()));
  }

  @Test
  void tellsCloseOnExecApart() {
    assertTrue(new Proc.Fd(3, "pipe:[1]", 02000001).cloexec());
    assertFalse(new Proc.Fd(3, "pipe:[1]", 01).cloexec());
    var standard = Proc.fds(Proc.self()).stream().filter(fd -> fd.number() <= 2).toList();
    assertEquals(3, standard.size());
    standard.forEach(fd -> assertFalse(fd.cloexec(), fd::toString));
  }

  @Test
  void followsAChildFromBirthToDeath() throws Exception {
    // The shell waits for its own child, so there are two generations to see.
    var shell = new ProcessBuilder("sh", "-c", "sleep 60; true").start();
    Deadline.await(SOON, "a grandchild", () -> !Proc.children(shell.pid()).isEmpty(), () -> "");
    var sleep = Proc.children(shell.pid()).get(0);
    var identity = Proc.identity(sleep.pid()).orElseThrow();
    assertTrue(Proc.descendants(Proc.self()).stream().anyMatch(p -> p.pid() == sleep.pid()));
    assertTrue(identity.alive());
    // Stopped, the shell does not reap: the child stays a zombie until the shell goes on.
    assertEquals(0, signal("STOP", shell.pid()));
    assertEquals(0, signal("KILL", sleep.pid()));
    Deadline.await(SOON, "a zombie", () -> Proc.isZombie(sleep.pid()), () -> "");
    assertFalse(identity.alive());
    assertEquals(List.of(), Proc.fds(sleep.pid()));
    assertEquals(List.of(), Proc.commandLine(sleep.pid()));
    assertEquals(0, signal("CONT", shell.pid()));
    shell.waitFor();
    Deadline.await(SOON, "nothing", () -> !Proc.exists(sleep.pid()), () -> "");
    assertTrue(Proc.pssBytes(sleep.pid()).isEmpty());
    assertEquals(List.of(), Proc.fds(sleep.pid()));
  }

  @Test
  void namesWithParenthesesAndSpacesDoNotConfuse() {
    var fields = "42 (a) b (c)) S 7 42 41 0 -1 4194560 1 0 0 0 11 22 0 0 20 0 1 0 777 8 9\n";
    var stat = Proc.parseStat(fields);
    assertEquals(new Proc.Stat(42, "a) b (c)", 'S', 7, 41, 33, 777), stat);
  }

  private static List<Proc.Fd> find(String target) {
    return Proc.fds(Proc.self()).stream().filter(fd -> fd.target().equals(target)).toList();
  }

  private static int signal(String name, long pid) throws Exception {
    return new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
  }
}
