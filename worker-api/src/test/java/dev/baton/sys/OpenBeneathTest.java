package dev.baton.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code openat2(2)} and {@code statx(2)} through our door. */
class OpenBeneathTest {
  private static final int BENEATH =
      Constants.RESOLVE_BENEATH | Constants.RESOLVE_NO_SYMLINKS | Constants.RESOLVE_NO_MAGICLINKS;

  private final Posix posix = Posix.system();
  @TempDir Path folder;

  private int open(int directory, String path, int flags, int mode, int resolve)
      throws SysException {
    return posix.openat2(directory, path.getBytes(StandardCharsets.UTF_8), flags, mode, resolve);
  }

  private int root() throws SysException {
    return open(
        Constants.AT_FDCWD,
        folder.toString(),
        Constants.O_PATH | OpenFlags.DIRECTORY,
        0,
        Constants.RESOLVE_NO_MAGICLINKS);
  }

  @Test
  void aFileBeneathTheDirectoryIsOpened() throws Exception {
    Files.writeString(folder.resolve("größe"), "text");
    int root = root();
    int file = open(root, "größe", Constants.O_RDONLY, 0, BENEATH);
    byte[] read = new byte[4];
    assertEquals(4, posix.read(file, read));
    assertArrayEquals("text".getBytes(StandardCharsets.UTF_8), read);
    assertEquals(true, posix.closeOnExec(file));
    posix.close(file);
    posix.close(root);
  }

  @Test
  void nothingAboveItIs() throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc/passwd"));
    int root = root();
    SysException up = assertThrows(SysException.class, () -> open(root, "../x", 0, 0, BENEATH));
    assertEquals(Errno.EXDEV, up.errno());
    SysException link = assertThrows(SysException.class, () -> open(root, "link", 0, 0, BENEATH));
    assertEquals(Errno.ELOOP, link.errno());
    posix.close(root);
  }

  @Test
  void statxTellsWhatItIs() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "12345");
    int root = root();
    FileStatus status = new FileStatus();
    posix.statx(root, status);
    assertEquals(Constants.S_IFDIR, status.kind());
    int fd = open(root, "file", Constants.O_PATH | OpenFlags.NOFOLLOW, 0, BENEATH);
    posix.statx(fd, status);
    assertEquals(Constants.S_IFREG, status.kind());
    assertEquals(5, status.size());
    assertEquals(Files.getAttribute(file, "unix:ino"), status.inode());
    assertEquals(Files.getAttribute(file, "unix:uid"), status.uid());
    assertEquals(Files.getAttribute(file, "unix:gid"), status.gid());
    assertEquals((int) (Integer) Files.getAttribute(file, "unix:mode"), status.mode());
    posix.close(fd);
    posix.close(root);
  }
}
