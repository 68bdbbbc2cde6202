package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFolder;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are confined, as the kernel sees them; and the end of all that they started. */
@BatonTest
@Timeout(60)
class ConfinementIT {
  private static final String NOBODY = "65534";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int EXECUTE = 1;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static boolean passable(Path path) throws IOException {
    for (Path at = path.toRealPath(); at != null; at = at.getParent()) {
      if (((Integer) Files.getAttribute(at, "unix:mode") & EXECUTE) == 0) {
        return false;
      }
    }
    return true;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static String proc(long pid, String file) throws IOException {
    return Files.readString(Path.of("/proc/" + pid, file)).strip();
  }

  private static void assertLimit(long pid, String label, String value) throws IOException {
    var limits = proc(pid, "limits");
    assertTrue(
        limits.lines().anyMatch(l -> l.matches(label + " +" + value + " +" + value + " .*")),
        label + " " + value + " in\n" + limits);
  }

  /** Field 19 of the statistics, of every thread. */
  private static void assertNice(long pid, String nice) throws IOException {
    try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid, "task"))) {
      for (var thread : threads) {
        var stat = Files.readString(thread.resolve("stat"));
        assertEquals(nice, stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
      }
    }
  }

  private static void assertConfined(long pid) throws IOException {
    assertEquals("0027", Proc.status(pid, "Umask").orElseThrow());
    assertEquals("1", Proc.status(pid, "NoNewPrivs").orElseThrow());
    assertEquals("0", Proc.status(pid, "Cpus_allowed_list").orElseThrow());
    assertEquals("300", proc(pid, "oom_score_adj"));
    assertNice(pid, "7");
    if (Files.exists(Path.of("/proc/self/autogroup"))) {
      assertTrue(proc(pid, "autogroup").endsWith(" nice 7"), proc(pid, "autogroup"));
    }
    assertLimit(pid, "Max open files", "256");
    assertLimit(pid, "Max core file size", "0");
    assertLimit(pid, "Max file size", "1073741824");
    assertLimit(pid, "Max address space", "68719476736");
    assertEquals(3, Proc.fds(pid).stream().filter(fd -> fd.number() < 3).count());
  }

  private static void confine(ConfFile.Pool pool) {
    pool.set("umask", "0027")
        .set("noNewPrivileges", true)
        .set("limits.nofile", 256)
        .set("limits.core", 0)
        .set("limits.fsize", "1g")
        .set("limits.as", "64g")
        .set("nice", 7)
        .set("cpuAffinity", "0")
        .set("oomScoreAdjust", 300)
        .set("cgroup.required", false);
  }

  private static String write(Target target, String line) throws IOException {
    try (var client = SocketChannel.open(target.address())) {
      client.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
      client.shutdownOutput();
      var answer = ByteBuffer.allocate(100);
      while (client.read(answer) >= 0 && answer.hasRemaining()) {
        continue;
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII).strip();
    }
  }

  @Test
  void aWorkerOfAnotherUserIsAsTheFileSaysAndHasItsHeldFile() throws Exception {
    assumeTrue(isRoot(), "only root can start workers as another user");
    assumeTrue(
        passable(installation.dist()) && passable(installation.javaHome()),
        "other users do not get at the installation or the JDK: they are in a private folder");
    mode(folder, "rwx--x--x");
    var secret = Files.createDirectory(folder.resolve("secret"));
    mode(secret, "rwx------");
    var conf =
        ConfFile.in(folder)
            .tcp("web")
            .file("lines", secret.resolve("lines"), "append", true)
            .pool(
                "scribe",
                pool -> {
                  pool.sample(installation, Sample.SCRIBE)
                      .workers(1)
                      .listeners("web")
                      .files("lines")
                      .heap("32m")
                      .set("user", "nobody")
                      .set("groups", List.of("12", "root"));
                  confine(pool);
                  pool.set("limits.nproc", 9000);
                });
    try (var baton = BatonProcess.start(installation, conf)) {
      long pid = baton.workers("scribe").get(0).pid();
      assertConfined(pid);
      assertLimit(pid, "Max processes", "9000");
      String four = String.join(" ", NOBODY, NOBODY, NOBODY, NOBODY);
      assertEquals(four, Proc.status(pid, "Uid").orElseThrow());
      assertEquals(four, Proc.status(pid, "Gid").orElseThrow());
      assertEquals("0 12", Proc.status(pid, "Groups").orElseThrow());
      assertEquals("ok", write(baton.target("web"), "by nobody"));
      assertEquals("by nobody\n", Files.readString(secret.resolve("lines")));
      // Listed, or told why not: without CAP_SYS_PTRACE even root may not see them.
      var fds = baton.run("fds", "scribe").expect(0).stdout();
      boolean told = fds.contains("cannot be seen") && fds.contains("it runs as user nobody");
      boolean listed = fds.contains("  channel   scribe/0#1 ");
      assertTrue(told ^ listed, fds);
      assertEquals(2, fds.split(" claimed ", -1).length - 1, fds);
      assertTrue(fds.endsWith("no strays\n"), fds);
      var variables = List.of(proc(pid, "environ").split("\0"));
      assertTrue(variables.contains("USER=nobody"), variables::toString);
      assertTrue(variables.stream().noneMatch(v -> v.startsWith("PWD=")), variables::toString);
    }
  }

  @Test
  void whatAWorkerStartedEndsWithItInItsCgroup() throws Exception {
    var conf =
        ConfFile.in(folder)
            .pool(
                "spawning",
                pool -> {
                  pool.plugin("dev.baton.e2e.plugin.SpawningWorker")
                      .workers(1)
                      .heap("32m")
                      .backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
                  confine(pool);
                  pool.set("cgroup.memoryMax", "512m").set("cgroup.pidsMax", 500);
                });
    var classes = PluginFolder.in(Files.createDirectory(folder.resolve("classes")));
    conf.pool("spawning", pool -> pool.classPath(classes));
    try (var baton = BatonProcess.start(installation, conf)) {
      long pid = baton.workers("spawning").get(0).pid();
      assertConfined(pid);
      var own = Proc.cgroup(pid).filter(path -> path.endsWith("spawning-0.1"));
      if (own.isEmpty()) {
        Proc.children(pid).forEach(child -> baton.kill9(child.pid()));
        assertTrue(
            baton.output().contains("its workers have no cgroup of their own: "), baton::output);
        assumeTrue(false, "there is no cgroup hierarchy of version 2 that we may write to");
      }
      assertLimitsOrTheirLack(baton, own.get());
      var child = Proc.children(pid).get(0);
      assertEquals(child.pid(), child.session(), "it left the worker's session");
      var identity = Proc.identity(child.pid()).orElseThrow();
      baton.kill9(pid);
      Deadline.await(SOON, "the whole tree is gone", () -> !identity.alive(), baton::describe);
      Deadline.await(
          SOON, "its cgroup is removed", () -> !Files.exists(own.get()), baton::describe);
      baton.awaitReady();
      var next = Proc.children(baton.workers("spawning").get(0).pid()).get(0);
      var last = Proc.identity(next.pid()).orElseThrow();
      assertEquals(0, baton.terminate());
      assertFalse(last.alive(), "an orderly end leaves nothing either");
      assertFalse(Files.exists(own.get().getParent()), "the instance's cgroup");
    }
  }

  private static void assertLimitsOrTheirLack(BatonProcess baton, Path cgroup) throws IOException {
    var memory = cgroup.resolve("memory.max");
    if (Files.exists(memory)) {
      assertEquals("536870912", Files.readString(memory).strip());
      assertEquals("500", Files.readString(cgroup.resolve("pids.max")).strip());
    } else {
      assertTrue(baton.output().contains("WARN"), baton::output);
      assertTrue(
          baton.output().contains("no controller memory, pids (it has ")
              || baton.output().contains("its workers have no memory, pids limits: "),
          baton::output);
    }
  }
}
