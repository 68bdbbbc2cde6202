package dev.baton.supervisor.openserver.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.supervisor.config.ClientRule;
import dev.baton.sys.WaitStatus;
import dev.baton.testkit.Children;
import dev.baton.testkit.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Clients in Python: the one of the documentation, other users, and liars. */
class OtherProcessesTest extends ServiceKit {
  private static final int NOBODY = 65534;
  private static final String OPENING = "\n```python\n";

  private static final String ASK =
      """
      import array, json, os, socket, struct, sys
      s = socket.socket(socket.AF_UNIX)
      def ask(ancillary=[]):
          line = json.dumps({'open': sys.argv[2]}).encode() + b'\\n'
          s.sendmsg([line], ancillary)
          line, fds, _, _ = socket.recv_fds(s, 4096, 1)
          answer = json.loads(line)
          print(os.read(fds[0], 100).decode() if answer['ok'] else answer['error'])
      """;

  private record End(WaitStatus status, String output) {}

  private End run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Python.required(), "-c", program));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "python", ".out");
    WaitStatus status = Children.reap(POSIX, Children.spawn(POSIX, output, command));
    return new End(status, Files.readString(output));
  }

  private String ask(String program) throws IOException {
    End end = run(ASK + program, socket.toString(), file.toString());
    assertEquals(new WaitStatus(0, 0, false), end.status(), end.output());
    return end.output().strip();
  }

  private static int uid() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private static String documented() throws IOException {
    Path place = Path.of("").toAbsolutePath();
    while (!Files.exists(place.resolve("docs/open-server.md"))) {
      place = place.getParent();
      assertTrue(place != null, "docs/open-server.md is not above " + Path.of("").toAbsolutePath());
    }
    String text = Files.readString(place.resolve("docs/open-server.md"));
    int start = text.indexOf(OPENING);
    assertTrue(start > 0 && start == text.lastIndexOf(OPENING), "not one Python block");
    int from = start + OPENING.length();
    return text.substring(from, text.indexOf("\n```\n", from) + 1);
  }

  @Test
  void theClientOfTheDocumentationWorksAsItStandsThere() throws Exception {
    start();
    String program = documented();
    assertTrue(program.lines().count() <= 25, program);
    Path other = Files.writeString(root.resolve("größer"), "\u00fc\n");
    End good = run(program, socket.toString(), file.toString(), other.toString());
    assertEquals(new WaitStatus(0, 0, false), good.status(), good.output());
    assertEquals("content\u00fc\n", good.output());
    End refused = run(program, socket.toString(), "/etc/passwd");
    assertEquals(1, refused.status().code(), refused.output());
    assertTrue(refused.output().contains("PermissionError: NOT_ALLOWED: "), refused.output());
  }

  /** Whatever a process says about itself: the kernel was asked, when it connected. */
  @Test
  void credentialsThatAreSentAlongChangeNothing() throws Exception {
    int claimed = 12345;
    ClientRule rule = new ClientRule(Set.of(claimed), Set.of(), false, policy());
    start(POSIX, List.of(rule));
    String answer =
        ask(
            """
            s.connect(sys.argv[1])
            claim = struct.pack('3i', os.getpid(), %d, %d)
            try:
                ask([(socket.SOL_SOCKET, 2, claim)])
            except PermissionError:
                print('the kernel refuses to send it')
            """
                .formatted(claimed, claimed));
    String expected = uid() == 0 ? "NOT_ALLOWED" : "the kernel refuses to send it";
    assertEquals(expected, answer);
  }

  @Test
  void eachUserHasItsOwnPolicy() throws Exception {
    assumeTrue(uid() == 0, "only root can become another user");
    Files.setPosixFilePermissions(
        folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    ClientRule rule = new ClientRule(Set.of(NOBODY), Set.of(), false, policy());
    start(POSIX, List.of(rule));
    String connect = "s.connect(sys.argv[1])\n";
    String become = "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n";
    assertEquals("NOT_ALLOWED", ask(connect + "ask()"));
    assertEquals("content", ask(become + connect + "ask()"), "what it cannot open itself");
    String switched = "os.seteuid(65534)\n" + connect + "os.seteuid(0)\n";
    assertEquals("content", ask(switched + "ask()"), "who it was when it connected");
  }
}
