package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.DescriptorCounts;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFolder;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.WorkerInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Secrets and logs that change under a running supervisor, and {@code baton reload}. */
@BatonTest
@Timeout(60)
class HeldFileIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int EXECUTE = 1;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

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

  private static String ask(BatonProcess baton, String line) throws IOException {
    try (var client = SocketChannel.open(baton.target("web").address())) {
      client.write(StandardCharsets.UTF_8.encode(line));
      client.shutdownOutput();
      var answer = ByteBuffer.allocate(1000);
      while (client.read(answer) >= 0) {
        continue;
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }

  private static void awaitAnswer(BatonProcess baton, String expected) throws Exception {
    var last = new String[1];
    Deadline.await(
        SOON,
        "the worker answers " + expected,
        () -> {
          last[0] = ask(baton, "");
          return last[0].equals(expected);
        },
        () -> last[0] + "\n" + baton.describe());
  }

  /** By rename, as whoever renews a certificate does it. */
  private static void replace(Path secret, String content) throws IOException {
    Path next = secret.resolveSibling("next");
    Files.writeString(next, content);
    mode(next, "rw-------");
    Files.move(next, secret, StandardCopyOption.REPLACE_EXISTING);
  }

  private ConfFile secret(Path secret, boolean nobody) throws IOException {
    var classes = PluginFolder.in(Files.createDirectory(folder.resolve("classes")));
    return ConfFile.in(folder)
        .tcp("web")
        .file("secret", secret, "read", false)
        .pool(
            "secret",
            pool -> {
              pool.plugin("dev.baton.e2e.plugin.SecretWorker")
                  .classPath(classes)
                  .workers(1)
                  .spares(1)
                  .listeners("web")
                  .files("secret")
                  .heap("32m");
              if (nobody) {
                pool.set("user", "nobody");
              }
            });
  }

  @Test
  void aSecretOfRootIsChangedWithoutARestart() throws Exception {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    boolean nobody = root && passable(installation.dist()) && passable(installation.javaHome());
    mode(folder, "rwx--x--x");
    var safe = Files.createDirectory(folder.resolve("safe"));
    mode(safe, "rwx------");
    var secret = safe.resolve("secret");
    replace(secret, "one");
    try (var baton = BatonProcess.start(installation, secret(secret, nobody))) {
      WorkerInfo worker = baton.workers("secret").get(0);
      assertEquals("one", ask(baton, ""));
      if (nobody) {
        assertTrue(Proc.status(worker.pid(), "Uid").orElseThrow().startsWith("65534 "));
      }
      assertEquals("nothing has changed\n", baton.run("reload").expect(0).stdout());
      var ofWorker = DescriptorCounts.settled(worker.pid());
      var ofSupervisor = DescriptorCounts.settled(baton.pid());

      replace(secret, "two");
      assertEquals("one", ask(baton, ""));
      assertEquals(
          "file secret was opened anew and offered again\nreloaded\n",
          baton.run("reload").expect(0).stdout());
      awaitAnswer(baton, "two secret 1");
      replace(secret, "three");
      baton.signal("HUP");
      awaitAnswer(baton, "three secret 2");
      ofWorker.awaitSame(worker.pid());
      ofSupervisor.awaitSame(baton.pid());
      assertEquals(worker.pid(), baton.workers("secret").get(0).pid());

      replace(secret, "bad");
      baton.run("reload").expect(0);
      awaitAnswer(baton, "bad secret 3");
      Deadline.await(
          SOON,
          "the operator is told",
          () -> baton.output().contains("could not take over the changed file secret: "),
          baton::output);
      ofWorker.awaitSame(worker.pid());

      Files.delete(secret);
      var failed = baton.run("reload").expect(111);
      assertTrue(failed.stderr().contains("file secret: " + secret + ": "), failed.toString());
      assertEquals("bad secret 3", ask(baton, ""));
      assertEquals(worker.pid(), baton.workers("secret").get(0).pid());
      replace(secret, "four");
      baton.run("reload").expect(0);
      awaitAnswer(baton, "four secret 4");

      // Its successor was a spare since before all of this.
      baton.kill9(worker.pid());
      awaitAnswer(baton, "four");
    }
  }

  @Test
  void aLogIsRotated() throws Exception {
    var lines = folder.resolve("lines");
    var conf =
        ConfFile.in(folder)
            .tcp("web")
            .file("lines", lines, "append", true)
            .pool(
                "scribe",
                pool ->
                    pool.sample(installation, Sample.SCRIBE)
                        .workers(2)
                        .listeners("web")
                        .files("lines")
                        .heap("32m"));
    try (var baton = BatonProcess.start(installation, conf)) {
      assertEquals("ok\n", ask(baton, "one\n"));
      Files.move(lines, folder.resolve("lines.1"));
      assertEquals("ok\n", ask(baton, "two\n"));
      baton.run("reload").expect(0);
      for (var worker : baton.workers("scribe")) {
        Deadline.await(
            SOON,
            worker.id() + " writes to the new file alone",
            () ->
                Proc.fds(worker.pid()).stream()
                    .map(Proc.Fd::target)
                    .filter(t -> t.startsWith(lines.toString()))
                    .toList()
                    .equals(List.of(lines.toString())),
            () -> Proc.fds(worker.pid()).toString());
      }
      assertEquals("ok\n", ask(baton, "three\n"));
      assertEquals("one\ntwo\n", Files.readString(folder.resolve("lines.1")));
      assertEquals("three\n", Files.readString(lines));
    }
  }
}
