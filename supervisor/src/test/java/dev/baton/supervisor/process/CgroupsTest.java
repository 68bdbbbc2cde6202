package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which cgroup is ours, by files like the kernel's; the kernel's own are for the test of the
 * program.
 */
class CgroupsTest {
  @TempDir Path root;

  private void proc(String cgroup, String... mounts) throws IOException {
    Path self = Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(self.resolve("cgroup"), cgroup + "\n");
    Files.write(self.resolve("mountinfo"), List.of(mounts));
  }

  private Path cgroup(String path, String controllers) throws IOException {
    Path folder = Files.createDirectories(root.resolve(path));
    Files.writeString(folder.resolve("cgroup.controllers"), controllers + "\n");
    Files.writeString(folder.resolve("cgroup.subtree_control"), "");
    Files.writeString(folder.resolve("cgroup.procs"), "");
    return folder;
  }

  private String refusal() {
    return assertThrows(IOException.class, () -> CgroupFolder.own(root)).getMessage();
  }

  @Test
  void oursIsFoundWhereverTheHierarchyIs() throws Exception {
    Path own = cgroup("sys/fs/cgroup/system.slice/baton.service", "cpu memory pids");
    proc(
        "0::/system.slice/baton.service",
        "25 20 0:22 / /proc rw - proc proc rw",
        "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw");
    assertEquals(own, CgroupFolder.own(root).folder());
    Path unified = cgroup("sys/fs/cgroup/unified", "");
    proc(
        "4:memory:/x\n0::/",
        "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw");
    assertEquals(unified, CgroupFolder.own(root).folder());
  }

  /** An adopted one was made by the supervisor before. */
  @Test
  void thatOfAWorkerThatRunsAlreadyIsKnownByItsHome() throws Exception {
    proc("0::/", "30 25 0:26 / /cg rw - cgroup2 cgroup2 rw");
    Path worker = Files.createDirectories(root.resolve("proc/77")).resolve("cgroup");
    Files.writeString(worker, "0::/baton.service/baton-shop-0a0b/web-0.3\n");
    Path folder = root.resolve("cg/baton.service/baton-shop-0a0b/web-0.3");
    assertEquals(
        Optional.of(new WorkerCgroup(folder)), WorkerCgroup.of(root, 77, "baton-shop-0a0b"));
    assertEquals(Optional.empty(), WorkerCgroup.of(root, 77, "baton-other-1111"));
    assertEquals(Optional.empty(), WorkerCgroup.of(root, 78, "baton-shop-0a0b"), "it is gone");
    Files.writeString(worker, "0::/\n");
    assertEquals(Optional.empty(), WorkerCgroup.of(root, 77, "baton-shop-0a0b"), "none of its own");
  }

  @Test
  void aPartOfTheHierarchyCanBeMountedAlone() throws Exception {
    Path own = cgroup("sys/fs/cgroup/inner", "pids");
    proc("0::/docker/abc/inner", "30 25 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 none rw");
    assertEquals(own, CgroupFolder.own(root).folder());
    proc("0::/docker/abcd", "30 25 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 none rw");
    assertEquals("the cgroups of version 2 are not mounted here, or not ours", refusal());
    proc("0::/../x", "30 25 0:26 / /sys/fs/cgroup rw - cgroup2 none rw");
    assertEquals("the cgroups of version 2 are not mounted here, or not ours", refusal());
  }

  @Test
  void aSupervisorInItsLeafHasWorkersBesideIt() throws Exception {
    Path service = cgroup("cg/baton.service", "cpu");
    cgroup("cg/baton.service/supervisor", "");
    proc("0::/baton.service/supervisor", "30 25 0:26 / /cg rw - cgroup2 cgroup2 rw");
    assertEquals(service, CgroupFolder.own(root).folder());
  }

  @Test
  void whyThereIsNoneIsSaid() throws Exception {
    proc("4:memory:/x", "30 25 0:26 / /cg rw - cgroup2 cgroup2 rw");
    assertEquals("this machine has no cgroups of version 2", refusal());
    proc("0::/", "30 25 0:26 / /cg rw - cgroup cgroup rw,memory");
    assertEquals("the cgroups of version 2 are not mounted here, or not ours", refusal());
    proc("0::/", "30 25 0:26 / /cg rw - cgroup2 cgroup2 rw");
    assertEquals(root.resolve("cg") + " is no cgroup (version 2)", refusal());
  }

  @Test
  void controllersAreGivenOnWhereNobodyElseIs() throws Exception {
    CgroupFolder own = new CgroupFolder(cgroup("cg", "cpu memory pids"));
    assertEquals(Set.of("io"), own.missing(Set.of("io", "cpu")));
    own.giveOn(new TreeSet<>(Set.of("pids")));
    assertEquals("+pids", Files.readString(own.folder().resolve("cgroup.subtree_control")));
    Files.writeString(own.folder().resolve("cgroup.type"), "domain\n"); // the root has none
    Files.writeString(own.folder().resolve("cgroup.procs"), "1\n2\n");
    String refusal = assertThrows(IOException.class, () -> own.giveOn(Set.of("cpu"))).getMessage();
    assertTrue(
        refusal.startsWith(own.folder() + " holds other processes than the supervisor"), refusal);
    Files.writeString(own.folder().resolve("cgroup.subtree_control"), "cpu pids\n");
    own.giveOn(Set.of("cpu")); // has it
  }

  @Test
  void theSupervisorMovesToALeafWhenItIsAlone() throws Exception {
    Path folder = cgroup("cg", "cpu");
    cgroup("cg/supervisor", "");
    Files.writeString(folder.resolve("cgroup.type"), "domain\n");
    String self = String.valueOf(ProcessHandle.current().pid());
    Files.writeString(folder.resolve("cgroup.procs"), self + "\n");
    new CgroupFolder(folder).giveOn(Set.of("cpu"));
    assertEquals(self, Files.readString(folder.resolve("supervisor/cgroup.procs")));
    assertEquals("+cpu", Files.readString(folder.resolve("cgroup.subtree_control")));
  }
}
