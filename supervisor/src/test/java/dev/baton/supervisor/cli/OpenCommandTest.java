package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.config.ClientRule;
import dev.baton.supervisor.config.FileKind;
import dev.baton.supervisor.config.OpenAccess;
import dev.baton.supervisor.config.OpenLimits;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.OpenRule;
import dev.baton.supervisor.config.OpenServiceConfig;
import dev.baton.supervisor.config.UnixName;
import dev.baton.supervisor.config.UnixOptions;
import dev.baton.supervisor.openserver.AuditLog;
import dev.baton.supervisor.openserver.OpenServer;
import dev.baton.supervisor.openserver.service.OpenService;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code bin/baton open}, with the open service in this process. */
class OpenCommandTest extends CliKit {
  private OpenServer opener;
  private OpenService service;
  private Path root;
  private Path socket;

  @BeforeEach
  void start() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    socket = folder.resolve("open.sock");
    OpenRule rule =
        new OpenRule(
            root,
            Set.of(OpenAccess.READ),
            Optional.empty(),
            false,
            Set.of(FileKind.FILE, FileKind.DIRECTORY));
    OpenPolicyConfig policy =
        new OpenPolicyConfig(List.of(rule), List.of(), List.of(), OpenLimits.DEFAULTS);
    OpenServiceConfig config =
        new OpenServiceConfig(
            UnixName.of(socket),
            new UnixOptions(0600, Optional.empty(), Optional.empty()),
            List.of(new ClientRule(Set.of(), Set.of(), true, policy)),
            Duration.ofMinutes(1),
            10,
            10);
    opener = OpenServer.start(Posix.system(), AuditLog.NONE);
    service = OpenService.start(Posix.system(), config, opener);
  }

  @AfterEach
  void stop() {
    service.close();
    opener.close();
  }

  private int open(String... files) {
    String[] args = new String[files.length + 3];
    System.arraycopy(new String[] {"open", "--socket", socket.toString()}, 0, args, 0, 3);
    System.arraycopy(files, 0, args, 3, files.length);
    return run(args);
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(root.resolve(name), content).toString();
  }

  @Test
  void filesArePrintedInTheirOrderByteForByte() throws IOException {
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    Path big = Files.write(root.resolve("big"), bytes);
    assertEquals(ExitCode.DONE, open(big.toString()));
    assertArrayEquals(bytes, out.toByteArray());
    assertEquals(
        ExitCode.DONE, open(file("b", "second\n"), file("a", "third\n"), file("c", "")), err());
    assertEquals("second\nthird\n", out());
    assertEquals("", err());
  }

  @Test
  void whatIsRefusedIsToldAndTheNextFollows() throws IOException {
    String good = file("good", "good\n");
    String missing = root.resolve("missing").toString();
    assertEquals(ExitCode.REFUSED, open("/etc/passwd", good, missing, root.toString(), good));
    assertEquals("good\ngood\n", out());
    String[] problems = err().split("\n");
    assertEquals(3, problems.length, err());
    assertTrue(problems[0].startsWith("baton: /etc/passwd: "), err());
    assertTrue(problems[1].startsWith("baton: " + missing + ": "), err());
    assertEquals("baton: " + root + ": Is a directory", problems[2]);
    assertNoTrace();
  }

  @Test
  void aRelativePathStartsHere() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path relative = here.relativize(Path.of(file("near", "near\n")));
    assertEquals(ExitCode.DONE, open("./" + relative), err());
    assertEquals("near\n", out());
    assertEquals(ExitCode.REFUSED, open(root + "/x/../near"), "not ours to make shorter");
  }

  @Test
  void withoutAServiceThereIsNothing() {
    service.close();
    assertEquals(ExitCode.SYSTEM, open("/etc/passwd"));
    assertEquals(
        "baton: no open service: cannot connect to "
            + socket
            + ": connect failed: ENOENT (No such file or directory)\n",
        err());
  }

  @Test
  void theSocketIsThatOfTheConfiguration() throws IOException {
    String good = file("good", "good\n");
    Path conf = conf("services: { open: { address: 'unix:" + socket + "', clients: [] } }\n");
    assertEquals(ExitCode.DONE, run("open", "--conf", conf.toString(), good), err());
    assertEquals("good\n", out());
    defaultConf = Optional.of(conf);
    assertEquals(ExitCode.DONE, run("open", good), err());
    Path without = conf("");
    assertEquals(ExitCode.USE, run("open", "--conf", without.toString(), good));
    assertEquals(
        "baton: " + without + " has no services.open; name a socket with --socket\n", err());
  }

  @Test
  void wrongUse() {
    assertEquals(ExitCode.USE, run("open"));
    assertTrue(err().contains("FILE"), err());
    assertEquals(ExitCode.USE, run("open", "--socket", "a", "--conf", "b", "c"));
    assertTrue(err().contains("mutually exclusive"), err());
    assertEquals(ExitCode.USE, run("open", "--socket", "/" + "x".repeat(200), "c"));
    assertTrue(err().startsWith("baton: not a socket's name: "), err());
    assertNoTrace();
  }
}
