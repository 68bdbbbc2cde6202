package dev.baton.sys;

import static dev.baton.sys.SocketCallsTest.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class FileCallsTest {
  private static final int ALL_SEALS =
      Constants.F_SEAL_SEAL
          | Constants.F_SEAL_SHRINK
          | Constants.F_SEAL_GROW
          | Constants.F_SEAL_WRITE;

  private final Posix posix = Posix.system();

  @TempDir Path folder;

  private OwnedFd open(Path path, int flags) throws SysException {
    return OwnedFd.of(posix, posix.open(path.toString(), flags, 0640), "file");
  }

  @Test
  void opensWritesSeeksAndReads() throws Exception {
    Path path = folder.resolve("f.txt");
    try (OwnedFd file = open(path, Constants.O_RDWR | Constants.O_CREAT | Constants.O_EXCL)) {
      assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      byte[] text = "hello".getBytes();
      assertEquals(5, file.<Integer, SysException>borrow(n -> posix.write(n, text, 5)));
      assertEquals(1, file.<Long, SysException>borrow(n -> posix.lseek(n, 1, Constants.SEEK_SET)));
      byte[] read = new byte[3];
      assertEquals(3, file.<Integer, SysException>borrow(n -> posix.read(n, read)));
      assertArrayEquals("ell".getBytes(), read);
      assertEquals(4, file.<Long, SysException>borrow(n -> posix.lseek(n, 0, Constants.SEEK_CUR)));
      long far = 1L << 40;
      assertEquals(
          far, file.<Long, SysException>borrow(n -> posix.lseek(n, far, Constants.SEEK_SET)));
      assertEquals(0, file.<Integer, SysException>borrow(n -> posix.read(n, read)));
      file.use(n -> posix.fchmod(n, 0600));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }
    assertEquals("hello", Files.readString(path));
  }

  @Test
  void fileFailuresNameTheCall() throws Exception {
    Path missing = folder.resolve("missing");
    assertFails("open", Errno.ENOENT, () -> open(missing, Constants.O_RDONLY));
    assertFails("open", Errno.EISDIR, () -> open(folder, Constants.O_WRONLY));
    Path there = Files.createFile(folder.resolve("there"));
    assertFails(
        "open",
        Errno.EEXIST,
        () -> open(there, Constants.O_RDWR | Constants.O_CREAT | Constants.O_EXCL));
    assertFails("open", Errno.ENOTDIR, () -> open(there.resolve("below"), Constants.O_RDONLY));
    try (OwnedFd file = open(there, Constants.O_RDONLY)) {
      assertFails("write", Errno.EBADF, () -> file.borrow(n -> posix.write(n, new byte[1], 1)));
      assertFails("lseek", Errno.EINVAL, () -> file.borrow(n -> posix.lseek(n, -1, 0)));
      assertFails("fcntl", Errno.EINVAL, () -> file.borrow(posix::seals));
    }
    assertFails("close", Errno.EBADF, () -> posix.close(-1));
    assertFails("fcntl", Errno.EBADF, () -> posix.duplicate(-1));
    assertFails("fchmod", Errno.EBADF, () -> posix.fchmod(-1, 0600));
  }

  @Test
  void statusFlagsBelongToAllHolders() throws Exception {
    try (OwnedFd a = open(folder.resolve("f"), Constants.O_RDWR | Constants.O_CREAT);
        OwnedFd b = a.duplicate("copy")) {
      int flags = a.borrow(posix::statusFlags);
      assertEquals(Constants.O_RDWR, flags & Constants.O_ACCMODE);
      a.use(n -> posix.setStatusFlags(n, flags | Constants.O_APPEND));
      int seen = b.<Integer, SysException>borrow(posix::statusFlags);
      assertEquals(Constants.O_APPEND, seen & Constants.O_APPEND);
      assertTrue(b.<Boolean, SysException>borrow(n -> n >= 3));
    }
  }

  @Test
  void aSealedMemoryFileCannotChange() throws Exception {
    try (OwnedFd file = OwnedFd.of(posix, posix.memfdCreate("test"), "memfd")) {
      assertEquals(0, file.<Integer, SysException>borrow(posix::seals));
      file.borrow(n -> posix.write(n, new byte[] {1}, 1));
      file.use(n -> posix.addSeals(n, ALL_SEALS));
      assertEquals(ALL_SEALS, file.<Integer, SysException>borrow(posix::seals));
      assertFails("write", Errno.EPERM, () -> file.borrow(n -> posix.write(n, new byte[1], 1)));
      assertFails("fcntl", Errno.EPERM, () -> file.use(n -> posix.addSeals(n, ALL_SEALS)));
    }
  }

  @Test
  void theErrorNumberSurvivesWithoutAName() {
    SysException e = new SysException("ioctl", 133);
    assertEquals(Errno.UNKNOWN, e.errno());
    assertEquals(133, e.number());
    assertEquals("ioctl failed: errno 133", e.getMessage());
    for (Errno errno : Errno.values()) {
      assertEquals(errno, Errno.of(errno.number()));
    }
  }

  @Test
  void accountsAreFoundByNameAndNumber() {
    assertEquals(0, Accounts.uid("root").orElseThrow());
    assertEquals(0, Accounts.gid("root").orElseThrow());
    assertEquals(12, Accounts.uid("12").orElseThrow());
    assertFalse(Accounts.uid("no-such-user").isPresent());
    assertFalse(Accounts.gid("no-such-group").isPresent());
  }
}
