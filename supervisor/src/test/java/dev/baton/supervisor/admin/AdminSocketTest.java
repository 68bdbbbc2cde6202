package dev.baton.supervisor.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The socket file and who may connect. */
@Timeout(120)
class AdminSocketTest {

  private static final String SETPRIV = "/usr/bin/setpriv";

  /** Another process: sends a request and tells what it got. */
  private static final String KNOCK =
      """
      import java.net.*;
      import java.nio.ByteBuffer;
      import java.nio.channels.SocketChannel;

      class Knock {
        public static void main(String[] args) {
          String seen = "";
          try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(args[0]));
            seen = "connected, ";
            ByteBuffer answer = ByteBuffer.allocate(12);
            channel.write(ByteBuffer.wrap("POST /v1/stop HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n".getBytes()));
            channel.read(answer);
            seen += answer.position() == 0 ? "no answer" : new String(answer.array());
          } catch (java.io.IOException e) {
            seen = seen.isEmpty() ? e.getMessage() : seen + "no answer";
          }
          System.out.println(seen);
        }
      }
      """;

  @TempDir private Path folder;

  private final FakeOperations operations = new FakeOperations();
  private Path socket;

  @BeforeEach
  void place() {
    socket = folder.resolve(AdminServer.SOCKET_NAME);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void onlyOurUserMayConnect() throws IOException {
    AdminServer server =
        AdminServer.start(operations, operations::eventsSince, socket, Optional.empty());
    assertEquals("rw-------", mode(socket));
    assertEquals(List.of(AdminServer.SOCKET_NAME), files());
    server.close();
    server.close();
    assertEquals(List.of(), files());
  }

  @Test
  void itIsBoundOutOfReach() throws IOException {
    AdminSocket prepared = AdminSocket.prepare(socket);
    assertEquals("rwx------", mode(prepared.bindPath().getParent()));
    assertTrue(
        prepared.bindPath().toString().length() <= socket.toString().length(),
        "the longest path of the admin socket would not fit there");
    prepared.remove();
    assertEquals(List.of(), files());
  }

  @Test
  void whatAKilledSupervisorLeftIsReplaced() throws IOException {
    UnixDomainSocketAddress stale = UnixDomainSocketAddress.of(socket);
    ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(stale).close();
    Files.createDirectory(folder.resolve(".admin"));
    Path half = folder.resolve(".admin/s");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(half))
        .close();
    try (AdminServer server =
        AdminServer.start(operations, operations::eventsSince, socket, Optional.empty())) {
      assertNotNull(server);
      assertTrue(RawPeer.ask(socket, RawPeer.get("/v1/version")).contains(" 200 "));
      assertEquals(List.of(AdminServer.SOCKET_NAME), files());
    }
  }

  @Test
  void anothersSocketIsNotRemoved() throws IOException {
    AdminServer first =
        AdminServer.start(operations, operations::eventsSince, socket, Optional.empty());
    AdminServer second =
        AdminServer.start(operations, operations::eventsSince, socket, Optional.empty());
    first.close();
    assertTrue(RawPeer.ask(socket, RawPeer.get("/v1/version")).contains(" 200 "));
    second.close();
    assertEquals(List.of(), files());
  }

  @Test
  void aMissingFolderIsAnError() {
    assertThrows(
        IOException.class,
        () ->
            AdminServer.start(
                operations,
                operations::eventsSince,
                folder.resolve("none").resolve("admin.sock"),
                Optional.empty()));
  }

  @Test
  void noThreadIsLeft() throws IOException {
    AdminServer.start(operations, operations::eventsSince, socket, Optional.empty()).close();
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(t -> t.isAlive() && !t.isDaemon() && t.getName().startsWith("vert.x")));
  }

  @Test
  void anotherUserIsTurnedAwayEvenFromAnOpenSocket() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of(SETPRIV)), "needs setpriv");
    Files.writeString(folder.resolve("Knock.java"), KNOCK);
    try (AdminServer server =
        AdminServer.start(operations, operations::eventsSince, socket, Optional.empty())) {
      assertNotNull(server);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      // The file alone keeps others out ...
      assertEquals("Permission denied", knock(SETPRIV, "--reuid=65534", "--clear-groups"));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
      // ... and without it the kernel's word does.
      assertEquals("connected, no answer", knock(SETPRIV, "--reuid=65534", "--clear-groups"));
      assertTrue(operations.calls.isEmpty(), "it was served: " + operations.calls);
      assertEquals("connected, HTTP/1.1 200", knock());
      assertEquals("stop false", operations.calls.poll());
    }
  }

  /** What a process with another identity sees, in one line. */
  private String knock(String... prefix) throws Exception {
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>(List.of(prefix));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xshare:auto");
    command.add("-XX:TieredStopAtLevel=1");
    command.add(folder.resolve("Knock.java").toString());
    command.add(socket.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(40, TimeUnit.SECONDS), "the other process does not end");
      return Files.readString(output).strip();
    } finally {
      process.destroyForcibly();
    }
  }
}
