package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.process.OwnRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code baton check} tries of policies, of the open service, and of a pool's user. */
class CheckPolicyTest extends CliKit {

  private static final String POOL = "pools: {p: {plugin: x.Y, jvm: {heap: 8m}, %s}}";
  private static final String NOBODY = "no-such-account-xyz";

  private Path real;

  /** The folder of a test may itself be reached through a link. */
  @BeforeEach
  void realFolder() throws IOException {
    real = folder.toRealPath();
    Files.createDirectories(real.resolve("data/sub"));
    Files.createFile(real.resolve("file"));
    Files.createSymbolicLink(real.resolve("link"), real.resolve("data"));
  }

  private int check(String yaml) throws IOException {
    Path file = Files.writeString(real.resolve("c.yaml"), "runtimeDir: run\n" + yaml);
    return run("check", file.toString());
  }

  private int checkPool(String yaml) throws IOException {
    return check(POOL.formatted(yaml));
  }

  private void assertFine(String yaml) throws IOException {
    assertEquals(ExitCode.DONE, check(yaml), err());
    assertEquals("", err());
  }

  private void assertProblem(String yaml, String text) throws IOException {
    assertEquals(ExitCode.USE, check(yaml), out());
    assertTrue(err().contains(real.resolve("c.yaml") + ": " + text + "\n"), err());
    assertNoTrace();
  }

  private void assertPoolProblem(String yaml, String text) throws IOException {
    assertProblem(POOL.formatted(yaml), "pools.p." + text);
  }

  @Test
  void whatIsFine() throws IOException {
    assertFine(POOL.formatted("open: [{root: data}, {root: data/sub}, {root: run/../data}]"));
    assertFine(POOL.formatted("open: [{root: link, follow: yes}, {root: link/sub, follow: yes}]"));
    assertFine(POOL.formatted("connect: ['unix:data/s', 'unix:none/s', 'unix:@s', 'tcp://*:1']"));
    assertFine(
        """
        pools: {p: {plugin: x.Y, jvm: {heap: 8m}}}
        services:
          open:
            address: unix:run/open.sock
            unix: {owner: root, group: 0}
            clients: [{users: ["*"], open: [{root: data}]}]
        """);
    assertFalse(Files.exists(real.resolve("run")), "made by check");
  }

  @Test
  void theRuntimeDirectoryIsMadeByTheStart() throws IOException {
    assertEquals(ExitCode.DONE, checkPool("open: [{root: run}]"), err());
    Path below = real.resolve("run/x");
    assertPoolProblem(
        "open: [{root: run/x}]", "open[0].root: the folder " + below + " does not exist");
  }

  @Test
  void rootsThatCannotBe() throws IOException {
    assertPoolProblem(
        "open: [{root: data}, {root: none}]",
        "open[1].root: the folder " + real.resolve("none") + " does not exist");
    assertPoolProblem(
        "open: [{root: none, follow: yes}]",
        "open[0].root: the folder " + real.resolve("none") + " does not exist");
    assertPoolProblem(
        "open: [{root: file}]", "open[0].root: " + real.resolve("file") + " is not a folder");
  }

  @Test
  void rootsBehindLinks() throws IOException {
    assertPoolProblem(
        "open: [{root: link}]",
        "open[0].root: "
            + real.resolve("link")
            + " is a symbolic link, which is never followed here: write "
            + real.resolve("data")
            + ", or \"follow: yes\"");
    assertPoolProblem(
        "open: [{root: link/sub}]",
        "open[0].root: "
            + real.resolve("link/sub")
            + " leads through the link "
            + real.resolve("link")
            + ", which is never followed here: write "
            + real.resolve("data/sub")
            + ", or \"follow: yes\"");
  }

  @Test
  void socketsBehindLinks() throws IOException {
    Files.createFile(real.resolve("data/s"));
    assertPoolProblem(
        "connect: ['tcp://*:1', 'unix:link/s']",
        "connect[1]: "
            + real.resolve("link/s")
            + " leads through the link "
            + real.resolve("link")
            + ", which is never followed here: write "
            + real.resolve("data/s"));
  }

  @Test
  void theService() throws IOException {
    String service = "services: {open: {address: 'unix:%s', clients: [{users: [5], %s}]%s}}";
    assertProblem(
        service.formatted("none/s", "open: []", ""),
        "services.open.address: the folder " + real.resolve("none") + " does not exist");
    assertProblem(
        service.formatted("run/s", "open: [{root: none}]", ""),
        "services.open.clients[0].open[0].root: the folder "
            + real.resolve("none")
            + " does not exist");
    assertProblem(
        service.formatted("run/s", "open: []", ", unix: {owner: " + NOBODY + "}"),
        "services.open.unix.owner: this machine has no user named " + NOBODY);
    assertProblem(
        service.formatted("run/s", "open: []", ", unix: {group: " + NOBODY + "}"),
        "services.open.unix.group: this machine has no group named " + NOBODY);
    assertProblem(
        "listeners: {l: {address: 'unix:run/l', unix: {owner: " + NOBODY + "}}}",
        "listeners.l.unix.owner: this machine has no user named " + NOBODY);
  }

  private Path withSetpriv() throws IOException {
    Path bin = Files.createDirectories(real.resolve("bin"));
    Path setpriv = Files.createFile(bin.resolve("setpriv"));
    Files.setPosixFilePermissions(setpriv, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment = Map.of("PATH", bin.toString());
    return bin;
  }

  @Test
  void aPoolsUser() throws IOException {
    withSetpriv();
    String only = "pools.p.user: only root can run workers as another user";
    if (OwnRights.changeUser()) {
      assertFine(POOL.formatted("user: root"));
      assertFine(POOL.formatted("user: 54321, group: root"));
    } else {
      assertProblem(POOL.formatted("user: root"), only);
    }
    assertPoolProblem("user: " + NOBODY, "user: this machine has no user " + NOBODY);
    assertPoolProblem("user: root, group: " + NOBODY, "user: this machine has no group " + NOBODY);
    assertPoolProblem(
        "user: 54321",
        "user: user 54321 has no name on this machine, and so no group: set `group`, too");
  }

  @Test
  void aPoolsUserWithoutSetpriv() throws IOException {
    environment = Map.of("PATH", real.resolve("data").toString());
    assertPoolProblem(
        "user: root",
        "user: a pool with `user` needs setpriv (Debian: util-linux); it is in none of "
            + real.resolve("data"));
  }

  @Test
  void capabilitiesTell() {
    assertTrue(OwnRights.changeUser(List.of("Name:\tjava", "CapEff:\t000001ffffffffff")));
    assertTrue(OwnRights.changeUser(List.of("CapEff:\t00000000000000c0")));
    assertFalse(OwnRights.changeUser(List.of("CapEff:\t0000000000000080")), "no CAP_SETGID");
    assertFalse(OwnRights.changeUser(List.of("CapEff:\t0000000000000040")), "no CAP_SETUID");
    assertFalse(OwnRights.changeUser(List.of("CapPrm:\t0", "CapEff:\t0000000000000000")));
  }
}
