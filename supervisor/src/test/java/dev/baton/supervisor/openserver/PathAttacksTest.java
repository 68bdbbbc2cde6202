package dev.baton.supervisor.openserver;

import static dev.baton.protocol.ErrorCode.BAD_REQUEST;
import static dev.baton.protocol.ErrorCode.NOT_ALLOWED;
import static dev.baton.protocol.ErrorCode.NOT_FOUND;
import static dev.baton.protocol.OpenHow.Access.CREATE;
import static dev.baton.protocol.OpenHow.Access.EXCLUSIVE;
import static dev.baton.protocol.OpenHow.Access.READ;
import static dev.baton.protocol.OpenHow.Access.TRUNCATE;
import static dev.baton.protocol.OpenHow.Access.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ErrorCode;
import dev.baton.supervisor.config.FileKind;
import dev.baton.supervisor.config.OpenAccess;
import dev.baton.sys.Posix;
import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways out of a root, and ways to make the server touch what it must not. */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PathAttacksTest {
  private final Posix posix = Posix.system();

  @TempDir Path temp;
  private Path root;
  private Path secret;

  @BeforeEach
  void files() throws IOException {
    Path real = temp.toRealPath();
    root = Files.createDirectories(real.resolve("root"));
    Files.createDirectories(root.resolve("d/e"));
    Files.writeString(root.resolve("d/e/f"), "inside");
    secret = Files.writeString(real.resolve("secret"), "secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "root/x",
        "./x",
        "/root/../secret",
        "/root/..",
        "/root/./x",
        "/root//x",
        "//root/x",
        "/root/d/e/f/",
        "/root/x\0y",
        "/root/\ud800x",
        "/root/x\udc00",
        "/..",
        "/."
      })
  void aPathThatIsNotInItsPlainestFormIsNone(String path) throws Exception {
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(Path.of("/"))))) {
      assertEquals(BAD_REQUEST, ask.code(path, READ));
      assertEquals(BAD_REQUEST, ask.code(path.replace("/root", root.toString()), READ));
    }
  }

  @Test
  void whatIsNotBelowTheRootIsNotAllowedWhetherItIsThereOrNot() throws Exception {
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      String there = ask.refused(secret.toString(), READ).text();
      String notThere = ask.refused(secret + ".not", READ).text();
      assertEquals(there, notThere);
      assertTrue(there.contains("read, write, append, create below " + root), there);
      assertEquals(NOT_ALLOWED, ask.code(root + "x", READ));
      assertEquals(NOT_ALLOWED, ask.code("/etc/passwd", READ));
      assertEquals(NOT_ALLOWED, ask.code("/", READ));
    }
  }

  @Test
  void symbolicLinksAreNotFollowed() throws Exception {
    Files.createSymbolicLink(root.resolve("out"), secret);
    Files.createSymbolicLink(root.resolve("in"), Path.of("d/e/f"));
    Files.createSymbolicLink(root.resolve("folder"), Path.of("d"));
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("nothing"));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      for (String name : List.of("out", "in", "folder/e/f", "dangling", "loop")) {
        assertEquals(NOT_ALLOWED, ask.code(root.resolve(name), READ), name);
        assertEquals(NOT_ALLOWED, ask.code(root.resolve(name), WRITE, CREATE), name);
      }
      assertEquals(ErrorCode.EXISTS, ask.code(root.resolve("dangling"), WRITE, EXCLUSIVE));
      assertFalse(Files.exists(root.resolve("nothing")));
    }
  }

  @Test
  void linksThatAreFollowedDoNotLeadOut() throws Exception {
    Files.createSymbolicLink(root.resolve("absolute"), secret);
    Files.createSymbolicLink(root.resolve("up"), Path.of("../secret"));
    Files.createSymbolicLink(root.resolve("back"), root.resolve("d/e/f")); // absolute, if inside
    Files.createSymbolicLink(root.resolve("in"), Path.of("d/../d/e/f"));
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("nothing"));
    Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/root"));
    try (Asking ask = new Asking(posix, Policies.open(Policies.following(root)))) {
      assertEquals("inside", ask.read(ask.given(root.resolve("in"), READ)));
      for (String name : List.of("absolute", "up", "back", "magic/etc/passwd")) {
        assertEquals(NOT_ALLOWED, ask.code(root.resolve(name), READ), name);
        assertEquals(NOT_ALLOWED, ask.code(root.resolve(name), WRITE, CREATE), name);
      }
      assertEquals(NOT_FOUND, ask.code(root.resolve("dangling"), READ));
      assertEquals(NOT_ALLOWED, ask.code(root.resolve("dangling"), WRITE, CREATE));
      assertFalse(Files.exists(root.resolve("nothing")));
    }
  }

  @Test
  void aRootThatIsALinkIsFollowedOnlyIfTheRuleSaysSo() throws Exception {
    Path link = root.resolveSibling("link");
    Files.createSymbolicLink(link, root);
    Path file = link.resolve("d/e/f");
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(link)))) {
      assertEquals(NOT_ALLOWED, ask.code(file, READ));
    }
    try (Asking ask = new Asking(posix, Policies.open(Policies.following(link)))) {
      assertEquals("inside", ask.read(ask.given(file, READ)));
    }
  }

  /** A hard link is the file itself; who may make one in the root decides what is in it. */
  @Test
  void aHardLinkToAFileOutsideOpens() throws Exception {
    Files.createLink(root.resolve("hard"), secret);
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      assertEquals("secret", ask.read(ask.given(root.resolve("hard"), READ)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc/self/fd/0",
        "/proc/self/root/etc/passwd",
        "/proc/self/cwd/x",
        "/proc/self/exe",
        "/proc/thread-self/root/etc/passwd",
        "/dev/fd/0",
        "/dev/stdin"
      })
  void magicLinksAreNeverFollowed(String path) throws Exception {
    for (Path r : List.of(Path.of("/"), Path.of("/proc"), Path.of("/proc/self"))) {
      if (path.startsWith(r.toString())) {
        try (Asking ask = new Asking(posix, Policies.open(Policies.all(r)))) {
          assertEquals(NOT_ALLOWED, ask.code(path, READ));
        }
        try (Asking ask = new Asking(posix, Policies.open(Policies.following(r)))) {
          assertEquals(NOT_ALLOWED, ask.code(path, READ), "followed from " + r);
        }
      }
    }
  }

  @Test
  void aFifoIsNotEvenOpened() throws Exception {
    Path fifo = root.resolve("fifo");
    Children.output(posix, temp.resolve("out"), List.of("/usr/bin/mkfifo", fifo.toString()));
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      String text = ask.refused(fifo.toString(), READ).text();
      assertEquals("it is a fifo; the rule allows kinds file", text);
      assertEquals(NOT_ALLOWED, ask.code(fifo, WRITE));
      assertEquals(NOT_ALLOWED, ask.code(fifo, READ, WRITE));
    }
    try (Asking ask = new Asking(posix, Policies.open(Policies.kinds(root, FileKind.FIFO)))) {
      ask.given(fifo, READ).close(); // without waiting for a writer
      assertEquals(NOT_ALLOWED, ask.code(root.resolve("d/e/f"), READ));
    }
  }

  @Test
  void aDeviceIsNotEvenOpened() throws Exception {
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(Path.of("/dev"))))) {
      String text = ask.refused("/dev/null", READ).text();
      assertEquals("it is a device; the rule allows kinds file", text);
      assertEquals(NOT_ALLOWED, ask.code("/dev/null", WRITE, TRUNCATE));
    }
    Path dev = Path.of("/dev");
    try (Asking ask = new Asking(posix, Policies.open(Policies.kinds(dev, FileKind.DEVICE)))) {
      ask.write(ask.given(Path.of("/dev/null"), WRITE), "x");
    }
  }

  @Test
  void aSocketCannotBeOpened() throws Exception {
    Path socket = root.resolve("socket");
    try (ServerSocketChannel listener =
            ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
                .bind(java.net.UnixDomainSocketAddress.of(socket));
        Asking ask =
            new Asking(posix, Policies.open(Policies.kinds(root, FileKind.FILE, FileKind.FIFO)))) {
      assertTrue(listener.isOpen());
      assertEquals("a socket cannot be opened", ask.refused(socket.toString(), READ).text());
    }
  }

  @Test
  void aRefusedFileKeepsItsContent() throws Exception {
    Files.createSymbolicLink(root.resolve("out"), secret);
    try (Asking ask =
        new Asking(
            posix,
            Policies.open(
                Policies.rule(root, EnumSet.of(OpenAccess.READ, OpenAccess.APPEND)),
                Policies.matching(root, "*.db")))) {
      Path file = root.resolve("d/e/f");
      assertEquals(NOT_ALLOWED, ask.code(file, WRITE, TRUNCATE));
      assertEquals(NOT_ALLOWED, ask.code(file, WRITE));
      assertEquals(BAD_REQUEST, ask.code(file, READ, TRUNCATE));
      assertEquals(NOT_ALLOWED, ask.code(root.resolve("out"), WRITE, TRUNCATE));
      assertEquals(NOT_ALLOWED, ask.code(secret, WRITE, TRUNCATE));
      assertEquals("inside", Files.readString(file));
      assertEquals("secret", Files.readString(secret));
    }
  }

  @Test
  void longPaths() throws Exception {
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      String longest = root + "/x".repeat((RequestPath.MOST_BYTES - root.toString().length()) / 2);
      assertNotEquals(BAD_REQUEST, ask.code(longest, READ));
      assertEquals(BAD_REQUEST, ask.code(longest + "/xyz", READ));
      assertEquals(BAD_REQUEST, ask.code(root + "/x".repeat(100_000), READ));
      assertEquals(BAD_REQUEST, ask.code(root + "/\u20ac".repeat(1500), READ)); // 6000 bytes
      assertEquals(BAD_REQUEST, ask.code(root + "/" + "n".repeat(256), READ, WRITE, CREATE));
      Path most = root.resolve("n".repeat(255));
      ask.given(most, WRITE, CREATE).close();
      assertTrue(Files.exists(most));
    }
  }

  @Test
  void aPathOfFourKibibytesOpens() throws Exception {
    StringBuilder path = new StringBuilder(root.toString());
    while (path.length() < RequestPath.MOST_BYTES - 250) {
      path.append('/').append("n".repeat(200));
    }
    Path folder = Path.of(path.toString());
    Files.createDirectories(folder);
    int left = RequestPath.MOST_BYTES - path.length() - 1;
    Path file = folder.resolve("f".repeat(left));
    Files.writeString(file, "deep");
    assertEquals(RequestPath.MOST_BYTES, file.toString().length());
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      assertEquals("deep", ask.read(ask.given(file, READ)));
    }
  }

  @Test
  void namesBeyondAsciiAreUtf8() throws Exception {
    String name = "\u00e9\u20ac\ud83d\ude00";
    try (Asking ask = new Asking(posix, Policies.open(Policies.all(root)))) {
      ask.write(Asking.given(ask.open(root + "/" + name, Asking.how(WRITE, CREATE))), "x");
      String listed =
          Children.output(posix, temp.resolve("out"), List.of("/bin/ls", root.toString()));
      assertTrue(listed.contains(name), listed);
    }
  }
}
