package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users as Debian has them: {@code nobody} and {@code nogroup} are 65534. */
class WorkerUserTest {
  private static final String INH = "--inh-caps=-all";
  private static final String AMBIENT = "--ambient-caps=-all";
  private static final String UNNAMED = "54321";
  @TempDir Path folder;

  private static WorkerUser find(String user) throws IOException {
    return WorkerUser.find(user, Optional.empty(), Optional.empty());
  }

  private static WorkerUser unnamed() throws IOException {
    return WorkerUser.find(UNNAMED, Optional.of("12"), Optional.empty());
  }

  private static String refusal(
      String user, Optional<String> group, Optional<List<String>> groups) {
    return assertThrows(IOException.class, () -> WorkerUser.find(user, group, groups)).getMessage();
  }

  @Test
  void aUserOfThisMachineComesWithItsGroups() throws Exception {
    WorkerUser nobody = find("nobody");
    assertEquals(
        List.of("--reuid", "65534", "--regid", "65534", "--init-groups", INH, AMBIENT),
        nobody.options());
    assertEquals(
        Map.of("USER", "nobody", "LOGNAME", "nobody", "HOME", "/nonexistent"),
        nobody.environment());
    assertEquals("user nobody", nobody.toString());
    assertEquals(nobody, find("65534"));
    assertEquals(0, WorkerUser.find("nobody", Optional.of("root"), Optional.empty()).gid());
  }

  @Test
  void itsGroupsCanBeChosen() throws Exception {
    assertEquals(
        List.of("--reuid", "65534", "--regid", "65534", "--groups", "0,12", INH, AMBIENT),
        WorkerUser.find("nobody", Optional.empty(), Optional.of(List.of("root", "12"))).options());
    assertEquals(
        List.of("--reuid", "65534", "--regid", "65534", "--clear-groups", INH, AMBIENT),
        WorkerUser.find("nobody", Optional.empty(), Optional.of(List.of())).options());
  }

  @Test
  void aNumberWithoutNameNeedsAGroupAndHasNoOthers() throws Exception {
    assertEquals(
        List.of("--reuid", UNNAMED, "--regid", "12", "--clear-groups", INH, AMBIENT),
        unnamed().options());
    assertEquals(Map.of(), unnamed().environment());
    assertEquals(
        "user 54321 has no name on this machine, and so no group: set `group`, too",
        refusal(UNNAMED, Optional.empty(), Optional.empty()));
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertEquals(
        "this machine has no user no-such-user",
        refusal("no-such-user", Optional.empty(), Optional.empty()));
    assertEquals(
        "this machine has no group no-such-group",
        refusal("nobody", Optional.of("no-such-group"), Optional.empty()));
    assertEquals(
        "this machine has no group none-such",
        refusal("nobody", Optional.empty(), Optional.of(List.of("root", "none-such"))));
  }

  /** The real command: what the kernel says of the process that it becomes. */
  @Test
  void aProcessOfAnotherUserHasNoCapabilitiesAndCannotGetAny() throws Exception {
    assumeTrue(isRoot(), "only root can become another user");
    for (WorkerUser user : List.of(find("nobody"), unnamed())) {
      List<String> status = run(user, "cat", "/proc/self/status").lines().toList();
      String uid = String.valueOf(user.uid());
      String gid = String.valueOf(user.gid());
      assertEquals(String.join("\t", "Uid:", uid, uid, uid, uid), line(status, "Uid:"));
      assertEquals(String.join("\t", "Gid:", gid, gid, gid, gid), line(status, "Gid:"));
      assertEquals("NoNewPrivs:\t1", line(status, "NoNewPrivs:"));
      for (String kind : List.of("CapPrm:", "CapEff:", "CapAmb:")) {
        assertEquals(kind + "\t0000000000000000", line(status, kind));
      }
      assertTrue(line(status, "Groups:").matches("Groups:[\\t ]*(65534 *)?"), status::toString);
    }
  }

  /** A supervisor that is not root, and may change users by capabilities that are inherited. */
  @Test
  void capabilitiesOfTheSupervisorAreNotHandedDown() throws Exception {
    assumeTrue(isRoot(), "only root has capabilities to give");
    List<String> supervisor =
        List.of(
            "/usr/bin/setpriv",
            "--reuid=12345",
            "--regid=12345",
            "--clear-groups",
            "--inh-caps=+setuid,+setgid",
            "--ambient-caps=+setuid,+setgid",
            "--");
    List<String> command = new ArrayList<>(supervisor);
    command.addAll(changed(find("nobody"), "cat", "/proc/self/status"));
    List<String> status = run(command).lines().toList();
    assertTrue(line(status, "Uid:").startsWith("Uid:\t65534\t"), status::toString);
    for (String kind : List.of("CapInh:", "CapPrm:", "CapEff:", "CapAmb:")) {
      assertEquals(kind + "\t0000000000000000", line(status, kind));
    }
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static String line(List<String> status, String key) {
    return status.stream().filter(l -> l.startsWith(key)).findFirst().orElseThrow();
  }

  private static String run(WorkerUser user, String... command) throws Exception {
    return run(changed(user, command));
  }

  private static List<String> changed(WorkerUser user, String... command) {
    List<String> all = new ArrayList<>(List.of("setpriv"));
    all.addAll(user.options());
    all.addAll(List.of("--no-new-privs", "--"));
    all.addAll(List.of(command));
    return all;
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "still running");
    assertEquals(0, process.exitValue(), said);
    return said;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void whatIsInTheWayOfAFileIsNamed() throws Exception {
    WorkerUser other = unnamed();
    mode(folder, "rwx--x--x");
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Path jar = Files.createFile(inner.resolve("a.jar"));
    mode(inner, "rwx--x--x");
    mode(jar, "r--r--r--");
    assertEquals(Optional.empty(), other.obstacle(jar));
    mode(jar, "rw-------");
    assertEquals(
        Optional.of("uid 54321 cannot read " + jar + ", which has mode 600"), other.obstacle(jar));
    mode(jar, "rw-r-----");
    assertEquals(Optional.empty(), other.obstacle(jar), "it may be in the group");
    mode(inner, "rwx------");
    assertEquals(
        Optional.of("uid 54321 cannot reach " + jar + ": " + inner + " has mode 700"),
        other.obstacle(jar));
    Path link = Files.createSymbolicLink(folder.resolve("link"), jar);
    assertEquals(
        Optional.of("uid 54321 cannot reach " + link + ": " + inner + " has mode 700"),
        other.obstacle(link));
    assertEquals(Optional.empty(), other.obstacle(folder.resolve("none")), "not our concern");
    assertEquals(Optional.empty(), find("root").obstacle(jar));
  }

  @Test
  void ofItsOwnFilesTheOwnersBitsCount() throws Exception {
    assumeTrue(isRoot(), "only root can give files away");
    mode(folder, "rwx--x--x");
    Path own = Files.createDirectory(folder.resolve("own"));
    mode(own, "rwx------");
    assertTrue(find("nobody").obstacle(own).isPresent());
    Files.setAttribute(own, "unix:uid", 65534);
    assertEquals(Optional.empty(), find("nobody").obstacle(own));
    mode(own, "---rwxrwx");
    assertTrue(find("nobody").obstacle(own).isPresent());
  }
}
