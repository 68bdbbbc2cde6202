package dev.baton.sys;

import static dev.baton.sys.SocketCallsTest.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.Children;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FdLeakCheck;
import java.nio.channels.FileChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class SpawnTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;
  private Path out;
  private List<String> childrenBefore;

  @BeforeEach
  void prepare() throws Exception {
    out = folder.resolve("out");
    childrenBefore = Children.ofThisProcess();
  }

  @AfterEach
  void noChildIsLeft() throws Exception {
    assertEquals(childrenBefore, Children.ofThisProcess());
  }

  @Test
  void aChildGetsExactlyWhatItWasGiven() throws Exception {
    // The JDK's own sockets are not close-on-exec; the child must not see them all the same.
    try (ServerSocketChannel server = ServerSocketChannel.open();
        SocketChannel socket = SocketChannel.open();
        Selector selector = Selector.open();
        FileChannel file = FileChannel.open(Path.of("/proc/self/status"));
        OwnedFd memfd = OwnedFd.of(posix, posix.memfdCreate("inherited"), "memfd")) {
      assertTrue(server.isOpen() && socket.isOpen() && selector.isOpen() && file.isOpen());
      assertTrue(anyInheritable(), "nothing here could be inherited: the test proves nothing");
      List<String> ls = List.of("/bin/ls", "-l", "/proc/self/fd/");
      Map<String, String> targets = targets(Children.output(posix, out, ls, memfd));
      assertEquals(List.of("0", "1", "2", "3", "4"), List.copyOf(targets.keySet()));
      assertEquals("/dev/null", targets.get("0"));
      assertEquals(out.toString(), targets.get("1"));
      assertEquals(out.toString(), targets.get("2"));
      assertEquals("/memfd:inherited (deleted)", targets.get("3"));
      assertTrue(targets.get("4").matches("/proc/\\d+/fd"), "4 is ls's own: " + targets);
      assertTrue(memfd.isOpen());
    }
  }

  private boolean anyInheritable() throws Exception {
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        int number = Integer.parseInt(entry.getFileName().toString());
        if (number > 3 && Files.exists(entry) && !posix.closeOnExec(number)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Map<String, String> targets(String ls) {
    Map<String, String> targets = new TreeMap<>();
    for (String line : ls.split("\n")) {
      int arrow = line.indexOf(" -> ");
      if (arrow > 0) {
        String name = line.substring(line.lastIndexOf(' ', arrow - 1) + 1, arrow);
        targets.put(name, line.substring(arrow + 4));
      }
    }
    return targets;
  }

  @Test
  void aDescriptorThatHasItsNumberAlreadyIsKeptOpen() throws Exception {
    String ls =
        output(
            new SpawnRequest(
                "/bin/ls",
                List.of("ls", "/proc/self/fd"),
                List.of(),
                Optional.empty(),
                List.of(0, toFile(), 2)));
    // 3 is ls's own, on the folder.
    assertEquals("0\n1\n2\n3\n", ls);
  }

  private OwnedFd file;

  private int toFile() throws SysException {
    file = OwnedFd.of(posix, posix.open(out.toString(), 0101, 0600), "out");
    return file.numberDoNotKeep();
  }

  private String output(SpawnRequest request) throws Exception {
    try (OwnedFd closing = file) {
      assertEquals(new WaitStatus(0, 0, false), Children.reap(posix, posix.spawn(request)));
      assertTrue(closing.isOpen());
      return Files.readString(out);
    }
  }

  @Test
  void aDescriptorBelowItsPlaceIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new SpawnRequest("x", List.of(), List.of(), Optional.empty(), List.of(5, 0)));
    assertEquals("descriptor 0 for 1", e.getMessage());
  }

  @Test
  void aChildLeadsItsOwnSession() throws Exception {
    int pid = Children.spawn(posix, out, List.of("/bin/cat", "/proc/self/stat"));
    assertEquals(new WaitStatus(0, 0, false), Children.reap(posix, pid));
    String stat = Files.readString(out);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    assertEquals(ProcessHandle.current().pid(), Long.parseLong(fields[1]), "parent");
    assertEquals(pid, Integer.parseInt(fields[2]), "process group");
    assertEquals(pid, Integer.parseInt(fields[3]), "session");
  }

  @Test
  void aChildHasNoSignalBlockedNorIgnored() throws Exception {
    String own = Files.readString(Path.of("/proc/self/status"));
    assertTrue(signals(own, "SigCgt") != 0, "the JVM handles signals, so there is something to do");
    String status = Children.output(posix, out, List.of("/bin/cat", "/proc/self/status"));
    assertEquals(0, signals(status, "SigBlk"), "blocked");
    assertEquals(0, signals(status, "SigIgn"), "ignored");
    assertEquals(0, signals(status, "SigCgt"), "caught");
    assertEquals(0, signals(status, "SigPnd"), "pending");
  }

  private static long signals(String status, String field) {
    return status
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseUnsignedLong(line.split("\\s+")[1], 16))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void environmentAndArgumentsArriveExactlyAsGiven() throws Exception {
    List<String> environment = List.of("A=1", "EMPTY=", "UMLAUT=größe €", "LINES=a\nb");
    int pid =
        Children.spawn(
            posix,
            out,
            List.of("/bin/cat", "/proc/self/environ", "/proc/self/cmdline"),
            environment,
            Optional.empty());
    assertEquals(new WaitStatus(0, 0, false), Children.reap(posix, pid));
    assertEquals(
        String.join("\0", environment) + "\0/bin/cat\0/proc/self/environ\0/proc/self/cmdline\0",
        Files.readString(out));
  }

  @Test
  void aChildStartsInItsFolder() throws Exception {
    Path place = Files.createDirectory(folder.resolve("place"));
    int pid =
        Children.spawn(posix, out, List.of("/bin/pwd"), List.of(), Optional.of(place.toString()));
    assertEquals(new WaitStatus(0, 0, false), Children.reap(posix, pid));
    assertEquals(place.toRealPath() + "\n", Files.readString(out));
  }

  /** The JVM's own locale may be ASCII, in which java.nio could not even name this folder. */
  @Test
  void pathsAreUtf8WhateverTheLocale() throws Exception {
    String place = folder + "/größe";
    Children.output(posix, out, List.of("/bin/mkdir", place));
    int flags = Constants.O_WRONLY | Constants.O_CREAT;
    OwnedFd.of(posix, posix.open(place + "/ü", flags, 0600), "file").close();
    List<String> find = List.of("/usr/bin/find", ".", "-type", "f");
    int pid = Children.spawn(posix, out, find, List.of(), Optional.of(place));
    assertEquals(new WaitStatus(0, 0, false), Children.reap(posix, pid));
    Children.output(posix, folder.resolve("none"), List.of("/bin/rm", "-r", place));
    assertEquals("./ü\n", Files.readString(out));
  }

  @Test
  void aFailedExecIsAnErrorAndLeavesNoZombie() throws Exception {
    Path plain = Files.writeString(folder.resolve("plain"), "no program");
    assertFails("posix_spawn", Errno.ENOENT, () -> spawn("/no/such/program"));
    assertFails("posix_spawn", Errno.EACCES, () -> spawn(plain.toString()));
    assertFails("posix_spawn", Errno.EACCES, () -> spawn(folder.toString()));
    plain.toFile().setExecutable(true);
    assertFails("posix_spawn", Errno.ENOEXEC, () -> spawn(plain.toString()));
    Optional<String> missing = Optional.of("/no/such/folder");
    assertFails(
        "posix_spawn",
        Errno.ENOENT,
        () -> Children.spawn(posix, out, List.of("/bin/true"), List.of(), missing));
    assertEquals(childrenBefore, Children.ofThisProcess());
  }

  private int spawn(String program) throws SysException {
    return Children.spawn(posix, out, List.of(program));
  }

  @Test
  void everyFailingCallOnTheWayLeavesNothing() {
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            posix,
            Errno.EMFILE,
            List.of("waitpid", "kill"),
            p -> Children.reap(p, Children.spawn(p, out, List.of("/bin/true"))));
    assertEquals(new FaultMatrix.Outcome(3, 3), outcome);
  }
}
