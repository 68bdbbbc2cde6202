package dev.baton.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.process.OpenDescriptors.Open;
import dev.baton.supervisor.process.OpenDescriptors.Seen;
import dev.baton.supervisor.store.Inode;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel tells of descriptors agrees with what we know of ours. */
class OpenDescriptorsTest {
  private final Posix posix = Posix.system();
  @TempDir Path folder;

  private static Seen seen(long pid) {
    return new OpenDescriptors().read(List.of(pid)).join().get(pid);
  }

  private static Optional<Inode> inode(Seen seen, OwnedFd fd) {
    int number = fd.numberDoNotKeep();
    return seen.open().stream().filter(o -> o.number() == number).findFirst().flatMap(Open::inode);
  }

  @Test
  void ourOwn() throws Exception {
    Path path = Files.createFile(folder.resolve("held"));
    int socket = posix.socket(Constants.AF_UNIX, Constants.SOCK_STREAM | Constants.SOCK_CLOEXEC, 0);
    int file = posix.open(path.toString(), Constants.O_RDONLY, 0);
    try (OwnedFd first = OwnedFd.of(posix, socket, "socket");
        OwnedFd copy = first.duplicate("copy");
        OwnedFd held = OwnedFd.of(posix, file, "file")) {
      Seen seen = seen(ProcessHandle.current().pid());
      assertEquals("", seen.obstacle());
      assertEquals(Optional.of(Inode.of(posix, first)), inode(seen, first));
      assertEquals(Optional.of(Inode.of(posix, first)), inode(seen, copy), "a copy is the same");
      assertEquals(Optional.of(Inode.of(posix, held)), inode(seen, held), "a device's numbers");
      assertFalse(Inode.of(posix, first).equals(Inode.of(posix, held)));
      assertTrue(
          seen.open().stream().noneMatch(o -> o.target().matches("/proc/[0-9]+/fd")),
          "not the looking itself");
    }
  }

  @Test
  void whoHasEnded() {
    assertEquals("the process has ended", seen(Integer.MAX_VALUE).obstacle());
  }

  /** Needs root, to have a process of somebody else; and then a look without rights. */
  @Test
  void anotherUsers() throws IOException, InterruptedException {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "not root");
    Path setpriv = Path.of("/usr/bin/setpriv");
    Assumptions.assumeTrue(Files.isExecutable(setpriv), "setpriv is not installed");
    Process other =
        new ProcessBuilder(
                setpriv.toString(), "--reuid=65534", "--regid=65534", "--clear-groups", "cat")
            .start();
    try {
      other.getOutputStream().write('\n');
      other.getOutputStream().flush();
      assertEquals('\n', other.getInputStream().read(), "it has become cat");
      Seen seen = seen(other.pid());
      boolean told = seen.obstacle().contains("/fd may not be read: it runs as user nobody");
      boolean listed = seen.open().size() >= 3;
      assertTrue(told ^ listed, seen::toString);
    } finally {
      other.destroyForcibly().waitFor();
    }
  }
}
