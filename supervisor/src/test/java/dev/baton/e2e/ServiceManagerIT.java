package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import dev.baton.ipc.UnixDatagram;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager hears: on a socket as systemd's, by the kernel from the main process. */
@BatonTest
@Timeout(60)
class ServiceManagerIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void readyReloadingStopping() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "web",
        pool -> pool.sample(installation, Sample.HELLO).workers(2).listeners("tcp").heap("32m"));
    var path = folder.resolve("notify");
    var environment =
        Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "2000000", "FDSTORE", "0");
    try (var manager = UnixDatagram.bind(path)) {
      manager.askForCredentials();
      try (var baton = BatonProcess.start(installation, conf, environment)) {
        hear(manager, baton, "READY=1\nSTATUS=2 of 2 workers serve");
        hear(manager, baton, "WATCHDOG=1");
        baton.signal("HUP");
        hear(manager, baton, "RELOADING=1\nMONOTONIC_USEC=");
        hear(manager, baton, "READY=1\nSTATUS=2 of 2 workers serve");
        assertEquals(0, baton.terminate());
        hear(manager, baton, "STOPPING=1\n");
      }
    }
  }

  private static void hear(UnixDatagram manager, BatonProcess baton, String beginning)
      throws IOException {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (true) {
      var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      var message =
          manager
              .receive(left)
              .orElseThrow(() -> new AssertionError("not heard within 20 s: " + beginning));
      assertEquals(baton.pid(), message.credentials().orElseThrow().pid(), "who says it");
      if (new String(message.bytes(), StandardCharsets.UTF_8).startsWith(beginning)) {
        return;
      }
    }
  }

  /** It starts with the first connection, and both sockets were there before. */
  @Test
  void servesOnTheSocketsThatItIsPassed() throws Exception {
    var activate = Path.of("/usr/bin/systemd-socket-activate");
    Assumptions.assumeTrue(Files.isExecutable(activate), "systemd is not installed");
    var conf = ConfFile.in(folder).unix("web").unix("other");
    conf.pool(
        "web",
        pool -> pool.sample(installation, Sample.HELLO).listeners("web", "other").heap("32m"));
    var web = conf.socket("web");
    var other = conf.socket("other");
    var starter =
        List.of(
            activate.toString(),
            "--listen=" + other,
            "--listen=" + web,
            "--fdname=unknown:web",
            "--setenv=JAVA_HOME",
            "--setenv=BATON_SUPERVISOR_OPTS");
    try (var baton = BatonProcess.launch(installation, conf, starter)) {
      Deadline.await(SOON, "it listens", () -> Files.exists(web), baton::describe);
      assertEquals(200, Http.get(Target.unix(web), "/").status());
      baton.awaitReady();
      assertTrue(baton.output().contains("the service manager has bound [web, other]"));
      assertEquals(200, Http.get(Target.unix(other), "/").status());
      assertEquals(0, baton.terminate());
      assertTrue(Files.deleteIfExists(web), "the name is the service manager's");
      assertTrue(Files.deleteIfExists(other), "the name is the service manager's");
    }
  }

  @Test
  void theUnitFileIsOne() throws Exception {
    var analyze = Path.of("/usr/bin/systemd-analyze");
    Assumptions.assumeTrue(Files.isExecutable(analyze), "systemd is not installed");
    var unit =
        Files.readString(installation.dist().resolve("conf/systemd/baton@.service"))
            .replace("/opt/baton", installation.dist().toString())
            .replace("Documentation=man:baton(1)\n", "");
    var file = Files.writeString(folder.resolve("baton@x.service"), unit);
    run(analyze.toString(), "verify", file.toString());
    assertTrue(
        !said(folder.resolve("said")).contains("baton@"), () -> said(folder.resolve("said")));
  }

  /** In a folder that is their root: a user, and a folder that it alone can read beside root. */
  @Test
  void theUserAndTheFoldersAreMade() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/systemd-sysusers"))
            && "root".equals(System.getProperty("user.name")),
        "systemd is not installed, or this is not root");
    var conf = installation.dist().resolve("conf/systemd");
    for (var kind : List.of("sysusers", "tmpfiles")) {
      var place = Files.createDirectories(folder.resolve("usr/lib/" + kind + ".d"));
      Files.copy(conf.resolve(kind + ".conf"), place.resolve("baton.conf"));
    }
    Files.createDirectories(folder.resolve("etc"));
    run("systemd-sysusers", "--root=" + folder);
    run("systemd-tmpfiles", "--create", "--root=" + folder);
    var users = Files.readString(folder.resolve("etc/passwd"));
    assertTrue(users.contains("baton:x:") && users.contains("nologin"), users);
    var made = Files.getPosixFilePermissions(folder.resolve("etc/baton"));
    assertEquals("rwxr-x---", PosixFilePermissions.toString(made));
  }

  private void run(String... command) throws Exception {
    var output = folder.resolve("said").toFile();
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    assertEquals(0, process.waitFor(), () -> said(output.toPath()));
  }

  private static String said(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
