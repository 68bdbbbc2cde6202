package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.CliResult;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Launcher;
import dev.baton.e2e.kit.Sample;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator gets for configurations and circumstances that do not work. */
@BatonTest
@Timeout(120)
class BadInputIT {
  private static final int NOBODY = 65534;

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  private ConfFile conf() {
    return ConfFile.in(folder)
        .pool("hello", pool -> pool.sample(installation, Sample.HELLO).heap("32m"));
  }

  private CliResult run(ConfFile conf) throws Exception {
    return new Launcher(installation).run("run", conf.write().toString());
  }

  @Test
  void everyProblemOfAConfigurationIsToldAtOnceAndNothingIsStarted() throws Exception {
    var conf = conf().tcp("web");
    conf.listener("long", "unix:/" + "x".repeat(120));
    conf.set("listeners.web.backlog", "many");
    conf.pool("hello", pool -> pool.workers(-1).listeners("web", "wbe").set("drainTimout", "1s"));
    var result = run(conf).expect(100);
    assertPlain(result);
    var file = conf.path().toString();
    for (var expected :
        List.of("listeners.web.backlog", "at most 107 bytes", "workers", "wbe", "drainTimout")) {
      var line = result.stderr().lines().filter(l -> l.contains(expected)).findFirst();
      assertTrue(line.isPresent(), () -> expected + " is missing in " + result);
      assertTrue(line.get().matches(".*" + file + ":[0-9]+: .*"), line.get());
    }
    assertFalse(Files.exists(conf.runtimeDir()), "a runtime directory was made");
  }

  @Test
  void everyMistakeInHowConnectionsReachWorkersIsNamed() throws Exception {
    var conf = conf().tcp("unknown").tcp("given").tcp("choosy").tcp("stray").unix("local");
    conf.set("listeners.unknown.mode", "fast");
    conf.set("listeners.given.mode", "dispatch");
    conf.set("listeners.choosy.mode", "dispatch").set("listeners.choosy.policy", "random");
    conf.set("listeners.stray.policy", "client-hash");
    conf.set("listeners.local.mode", "dispatch").set("listeners.local.policy", "client-hash");
    conf.listener("packets", "udp://127.0.0.1:0").set("listeners.packets.mode", "dispatch");
    conf.listener("again", "unix:" + conf.socket("local"));
    conf.listener("split", "unixgram:@split").set("listeners.split.mode", "reuseport");
    conf.pool("hello", pool -> pool.listeners("given"));
    conf.pool("other", pool -> pool.plugin("x.Y").listeners("given", "stray"));
    conf.set("pools.other.start", "on-demand");
    var result = run(conf).expect(100);
    assertPlain(result);
    var where = conf.path() + ":[0-9]+: ";
    assertLine(result, where + "listeners\\.unknown\\.mode: found \"fast\", .*dispatch");
    assertLine(result, where + "listeners\\.choosy\\.policy: found \"random\", .*client-hash");
    assertLine(result, where + "listeners\\.stray\\.policy: found a policy with mode shared");
    assertLine(result, where + "listeners\\.local\\.policy: found client-hash with the address");
    assertLine(result, where + "listeners\\.packets\\.mode: found dispatch with the address");
    assertLine(result, where + "listeners\\.again\\.address: .*; local has this one");
    assertLine(result, where + "listeners\\.split\\.mode: found reuseport with the address");
    assertLine(result, where + "pools\\.other\\.listeners\\[0\\]: .* which pool hello has");
    assertLine(result, where + "pools\\.other\\.start: found on-demand with the listener stray");
    assertEquals(9, result.stderr().lines().filter(l -> l.matches(".*" + where + ".*")).count());
    assertFalse(Files.exists(conf.runtimeDir()), "a runtime directory was made");
  }

  @Test
  void aNameThatIsThereTwiceIsNamed() throws Exception {
    var file = folder.resolve("twice.yaml");
    var listener = "  web: {address: 'tcp://127.0.0.1:0', mode: dispatch}\n";
    Files.writeString(file, "runtimeDir: run\nlisteners:\n" + listener + listener);
    var result = new Launcher(installation).run("run", file.toString()).expect(100);
    assertPlain(result);
    assertLine(
        result, file + ":4: listeners\\.web: found the same key again \\(first in line 3\\)");
    assertFalse(Files.exists(folder.resolve("run")), "a runtime directory was made");
  }

  @Test
  void whatTheSystemRefusesIsOneLineEachWithNameAndErrno() throws Exception {
    try (var taken = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        var unix = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      int port = ((InetSocketAddress) taken.getLocalAddress()).getPort();
      var socket = folder.resolve("live.sock");
      unix.bind(java.net.UnixDomainSocketAddress.of(socket));
      Files.writeString(folder.resolve("precious"), "not a socket");
      var conf = conf().tcp("good");
      conf.listener("taken", "tcp://127.0.0.1:" + port);
      conf.listener("foreign", "tcp://192.0.2.1:0");
      conf.listener("live", "unix:" + socket);
      conf.listener("precious", "unix:" + folder.resolve("precious"));
      conf.file("missing", folder.resolve("missing.txt"), "read", false);
      conf.file("folder", Files.createDirectory(folder.resolve("folder")), "append", false);
      var result = run(conf).expect(111);
      assertPlain(result);
      assertLine(result, "listener taken: .*EADDRINUSE");
      assertLine(result, "listener foreign: .*EADDRNOTAVAIL");
      assertLine(result, "listener live: .*live\\.sock");
      assertLine(result, "listener precious: .*precious");
      assertLine(result, "file missing: .*missing\\.txt.*ENOENT");
      assertLine(result, "file folder: .*EISDIR");
      assertFalse(result.stderr().contains("baton: listener good"), result::toString);
      assertEquals("not a socket", Files.readString(folder.resolve("precious")));
      assertTrue(Files.exists(socket), "the socket of another program was removed");
      Files.delete(socket);
    }
  }

  @Test
  void permissionDenied() throws Exception {
    Assumptions.assumeTrue(
        (int) Files.getAttribute(folder, "unix:uid") == 0
            && Files.exists(Path.of("/usr/bin/setpriv")),
        "needs root and setpriv to become somebody else");
    var shut = Files.createDirectory(folder.resolve("shut"));
    Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwx------"));
    var secret = Files.writeString(folder.resolve("secret"), "x");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var own = Files.createDirectory(folder.resolve("run"));
    Files.setAttribute(own, "unix:uid", NOBODY);
    var conf = conf().listener("shut", "unix:" + shut.resolve("s.sock"));
    conf.file("secret", secret, "read", false);
    var result = asNobody("run", conf.write().toString());
    result.expect(111);
    assertPlain(result);
    assertLine(result, "listener shut: .*EACCES");
    assertLine(result, "file secret: .*secret.*EACCES");
  }

  private CliResult asNobody(String... args) throws Exception {
    var error = folder.resolve("stderr");
    var own = new Launcher(installation).command(List.of(args));
    var command = new ArrayList<String>();
    command.addAll(List.of("/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY));
    command.add("--clear-groups");
    var probe = new ArrayList<>(command);
    probe.addAll(List.of("test", "-r", installation.launcher().toString()));
    Assumptions.assumeTrue(
        new ProcessBuilder(probe).start().waitFor() == 0,
        "the distribution is in a folder that only root can read");
    command.addAll(own.command());
    var process = own.command(command).redirectError(error.toFile()).start();
    process.getInputStream().readAllBytes();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it did not end");
    return new CliResult(command, process.exitValue(), "", Files.readString(error));
  }

  @Test
  void withoutASupervisorTheCommandsSayHowToStartOne() throws Exception {
    var conf = conf();
    var file = conf.write().toString();
    var launcher = new Launcher(installation);
    for (var command : List.of("status", "stop")) {
      var result = launcher.run(command, "--conf", file).expect(111);
      assertPlain(result);
      assertLine(result, "no supervisor runs on " + conf.runtimeDir());
      assertLine(result, "start one with: bin/baton run " + file);
    }
  }

  @Test
  void aSecondSupervisorOnTheSameDirectoryIsRefused() throws Exception {
    try (var baton = BatonProcess.start(installation, conf().tcp("web"))) {
      var second = run(baton.conf()).expect(111);
      assertPlain(second);
      assertLine(second, "another supervisor, pid " + baton.pid() + ", runs on ");
      assertEquals(baton.pid(), baton.status().path("pid").asLong());
      assertTrue(baton.workers("hello").get(0).serving());
    }
  }

  private static void assertLine(CliResult result, String pattern) {
    long lines = result.stderr().lines().filter(l -> l.matches(".*" + pattern + ".*")).count();
    assertEquals(1, lines, () -> pattern + " in " + result);
  }

  /** An operator's mistake never shows a stack trace. */
  private static void assertPlain(CliResult result) {
    assertFalse(result.stderr().contains("\tat "), result::toString);
    assertFalse(result.stderr().contains("Exception"), result::toString);
    assertFalse(result.stdout().contains("listens"), result::toString);
    result.stderr().lines().forEach(l -> assertTrue(l.length() < 800, l));
  }
}
