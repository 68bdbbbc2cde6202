package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Openers;
import dev.baton.e2e.kit.OpeningTree;
import dev.baton.e2e.kit.Renames;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The open server as a plugin meets it (APUE 17.5): what the policy allows is opened, and whatever
 * a plugin tries, nothing else is.
 */
@BatonTest
@Timeout(120)
class OpenServerIT {
  private static final String NOT_ALLOWED = "NOT_ALLOWED .*";
  private static final String MALFORMED = "BAD_REQUEST .*";
  private static final String INSIDE = "has inside";

  private final Installation installation = Installation.find();
  @TempDir Path temporary;
  private OpeningTree tree;

  @BeforeEach
  void files() throws Exception {
    tree = OpeningTree.in(temporary.toRealPath());
  }

  @AfterEach
  void removeSocket() throws Exception {
    Files.delete(tree.socket());
  }

  @Test
  void opensWhatThePolicyAllowsAndNothingElse() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var open = "tcp://127.0.0.1:" + server.getLocalPort();
      var openers = openers().addresses("connect", open).addresses("bind", "udp://127.0.0.1:*");
      try (var baton = BatonProcess.start(installation, openers.conf());
          var client = new Openers.Client(baton)) {
        reading(client);
        writing(client);
        specialFiles(client);
        throughLinks(client);
        longPaths(client);
        addresses(client, open);
        // Of the kernel's own files only those of a user may be opened through it.
        assertAnswer(client, NOT_ALLOWED, "read", "/proc/self/fd/0");
        assertAnswer(client, NOT_ALLOWED, "read", "/proc/self/root" + tree.secret());
        assertAnswer(client, NOT_ALLOWED, "read", "/proc/self/cwd/conf/baton.yaml");
        tree.assertNothingHappenedOutside();
        assertAudited(baton.conf());
      }
    }
  }

  private Openers openers() throws Exception {
    var everything = List.of("read", "write", "create");
    return new Openers(tree.folder())
        .allow(tree.read(), Map.of("kinds", List.of("file", "directory")))
        .allow(tree.write(), Map.of("access", everything, "match", "*.txt"))
        .allow(tree.follow(), Map.of("follow", true, "access", everything))
        .allow(tree.linkedRoot())
        .allow(tree.special(), Map.of("kinds", List.of("fifo"), "match", "allowed*"))
        .allow(tree.special(), Map.of("match", "{fifo,socket}"))
        .allow(Path.of("/dev"), Map.of("kinds", List.of("device"), "match", "null"))
        .allow(Path.of("/dev"), Map.of("match", "zero"))
        .allow(Path.of("/proc"), Map.of("follow", true));
  }

  private static void assertAnswer(Openers.Client client, String expected, String... words)
      throws Exception {
    var answer = client.ask(words);
    assertTrue(answer.matches(expected), () -> String.join(" ", words) + ": " + answer);
  }

  private void reading(Openers.Client client) throws Exception {
    var root = tree.read();
    assertAnswer(client, INSIDE, "read", root + "/plain");
    assertAnswer(client, INSIDE, "read", root + "/below/deep");
    assertAnswer(client, "opened", "open", "directory", root + "/below");
    assertAnswer(client, NOT_ALLOWED, "open", "directory", tree.follow().toString());
    assertAnswer(client, "NOT_FOUND .*", "read", root + "/missing");
    // Whether it is there is nobody's business outside.
    assertAnswer(client, NOT_ALLOWED, "read", tree.secret());
    assertAnswer(client, NOT_ALLOWED, "read", tree.secret() + "-missing");
    assertAnswer(client, NOT_ALLOWED, "read", root + "-beside");
    assertAnswer(client, NOT_ALLOWED, "read", "/etc/passwd");
    assertAnswer(client, MALFORMED, "read", root + "/../outside/secret");
    assertAnswer(client, MALFORMED, "read", root + "/below/../plain");
    assertAnswer(client, MALFORMED, "read", root + "/./plain");
    assertAnswer(client, MALFORMED, "read", "read/plain");
    // A second name of the same file: no path can tell, so open-server.md does.
    assertAnswer(client, "has outside", "read", root + "/hard");
  }

  private void writing(Openers.Client client) throws Exception {
    var root = tree.write();
    assertAnswer(client, NOT_ALLOWED, "write", "write,truncate", tree.read() + "/plain");
    assertEquals("inside\n", Files.readString(tree.read().resolve("plain")));
    assertAnswer(client, NOT_ALLOWED, "write", "write,create", tree.read() + "/new");
    assertTrue(Files.notExists(tree.read().resolve("new")));

    assertAnswer(client, "written", "write", "write,create", root + "/new.txt");
    assertAnswer(client, "written", "write", "append", root + "/new.txt");
    assertEquals("writtenwritten", Files.readString(root.resolve("new.txt")));
    assertAnswer(client, "EXISTS .*", "write", "write,exclusive", root + "/new.txt");
    assertAnswer(client, "written", "write", "read,write,truncate", root + "/new.txt");
    assertEquals("written", Files.readString(root.resolve("new.txt")));
    assertAnswer(client, NOT_ALLOWED, "write", "write,create", root + "/new.dat");
    assertAnswer(client, NOT_ALLOWED, "write", "write,create", root + "/below/new.txt");

    // Neither what a link names, nor what it would name if it were made.
    for (var words : List.of("write,truncate", "append", "write,create,truncate")) {
      assertAnswer(client, NOT_ALLOWED, "write", words, root + "/secret.txt");
    }
    for (var words : List.of("write,create", "write,exclusive", "append,create")) {
      assertAnswer(client, "(EXISTS|NOT_ALLOWED) .*", "write", words, root + "/dangling.txt");
    }
  }

  private void specialFiles(Openers.Client client) throws Exception {
    var root = tree.special();
    assertAnswer(client, NOT_ALLOWED, "read", root + "/fifo");
    assertAnswer(client, NOT_ALLOWED, "read", tree.socket().toString());
    assertAnswer(client, NOT_ALLOWED, "read", "/dev/zero");
    assertAnswer(client, NOT_ALLOWED, "read", "/dev/random");
    // Without a writer: an open that waits would be no answer.
    assertAnswer(client, "opened", "open", "read", root + "/allowed-fifo");
    assertAnswer(client, NOT_ALLOWED, "read", root + "/allowed-file");
    assertAnswer(client, "opened", "open", "read", "/dev/null");
  }

  private void throughLinks(Openers.Client client) throws Exception {
    for (var link : List.of("to-plain", "to-secret", "to-outside/secret", "to-root/plain")) {
      assertAnswer(client, NOT_ALLOWED, "read", tree.read() + "/" + link);
    }
    assertAnswer(client, NOT_ALLOWED, "read", tree.linkedRoot() + "/plain");

    var root = tree.follow();
    assertAnswer(client, INSIDE, "read", root + "/to-plain");
    assertAnswer(client, INSIDE, "read", root + "/to-root/plain");
    for (var link : List.of("to-secret", "to-outside/secret", "absolute", "loop")) {
      assertAnswer(client, NOT_ALLOWED, "read", root + "/" + link);
    }
    for (var link : List.of("to-secret", "made-outside", "made-inside")) {
      assertAnswer(client, NOT_ALLOWED, "write", "write,create,truncate", root + "/" + link);
      assertAnswer(client, "EXISTS .*", "write", "write,exclusive", root + "/" + link);
    }
    assertTrue(Files.notExists(root.resolve("made")));
  }

  private void longPaths(Openers.Client client) throws Exception {
    assertAnswer(client, INSIDE, "read", tree.longest());
    assertEquals(OpeningTree.LONGEST, tree.longest().length());
    assertAnswer(client, MALFORMED, "read", tree.longest() + "x");
    var name = "n".repeat(256);
    assertAnswer(client, MALFORMED, "read", tree.read() + "/" + name);
    for (int length : new int[] {5_000, 40_000, 100_000}) {
      var path = tree.read() + "/a".repeat(length / 2);
      assertAnswer(client, MALFORMED, "read", path);
    }
  }

  private static void addresses(Openers.Client client, String open) throws Exception {
    assertAnswer(client, "connected .*", "connect", open);
    assertAnswer(client, NOT_ALLOWED, "connect", "tcp://127.0.0.1:1");
    assertAnswer(client, NOT_ALLOWED, "connect", "unix:/run/any.sock");
    assertAnswer(client, NOT_ALLOWED, "bind", "tcp://127.0.0.1:0");
    assertAnswer(client, NOT_ALLOWED, "bind", "udp://127.0.0.2:0");
    assertAnswer(client, "bound .*", "bind", "udp://127.0.0.1:0");
  }

  /** Who asked for what, and the verdict, of each kind. */
  private void assertAudited(ConfFile conf) throws Exception {
    var worker = " openers/0#1 pid=\\d+ uid=\\d+ ";
    for (var line :
        List.of(
            "allowed" + worker + "open \"" + tree.read() + "/plain\".*",
            "refused" + worker + "open \"" + tree.secret() + "\".*NOT_ALLOWED.*",
            "allowed" + worker + "connect.*",
            "refused" + worker + "connect.*NOT_ALLOWED.*",
            "allowed" + worker + "bind.*")) {
      Openers.audit(
          conf, line, log -> log.lines().anyMatch(found -> found.matches("\\S+ " + line)));
    }
  }

  /**
   * A component is a folder, then a link to the outside, then not there at all, and the folder is
   * moved out and in again, all while it is resolved.
   */
  @Test
  void noRaceLeadsOutOfARoot() throws Exception {
    var openers =
        new Openers(tree.folder())
            .allow(tree.read())
            .allow(tree.follow(), Map.of("follow", true))
            .limit("perSecond", 1_000_000);
    try (var baton = BatonProcess.start(installation, openers.conf());
        var client = new Openers.Client(baton)) {
      for (var root : List.of(tree.read(), tree.follow())) {
        try (var renames = Renames.start(tree, root)) {
          var found = client.count("many", "5000", "64", root + "/moving/name");
          assertEquals(0, found.getOrDefault("outside", 0L), found::toString);
          assertEquals(5000, found.values().stream().mapToLong(Long::longValue).sum());
          assertTrue(found.getOrDefault("inside", 0L) > 0, found::toString);
          assertTrue(found.size() > 1, () -> renames.rounds() + " renames, and only " + found);
          System.out.println(root.getFileName() + ": " + renames.rounds() + " renames, " + found);
        }
      }
      tree.assertNothingHappenedOutside();
    }
  }
}
