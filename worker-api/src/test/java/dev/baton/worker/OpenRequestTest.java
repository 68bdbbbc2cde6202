package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.protocol.OpenHow.Access;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests as the plugin writes them, and what goes into a message. */
class OpenRequestTest {
  @TempDir Path folder;

  private static Set<Access> access(OpenRequest request) {
    return request.how().access();
  }

  @Test
  void words() {
    assertEquals(Set.of(Access.READ), access(OpenRequest.read()));
    assertEquals(Set.of(Access.WRITE), access(OpenRequest.write()));
    assertEquals(Set.of(Access.READ, Access.WRITE), access(OpenRequest.readWrite()));
    assertEquals(Set.of(Access.APPEND), access(OpenRequest.append()));
    assertEquals(
        Set.of(Access.WRITE, Access.CREATE, Access.TRUNCATE),
        access(OpenRequest.write().create().truncate()));
    assertEquals(Set.of(Access.APPEND, Access.EXCLUSIVE), access(OpenRequest.append().exclusive()));
    assertEquals(Set.of(Access.READ, Access.DIRECTORY), access(OpenRequest.read().directory()));
    assertEquals(OpenHow.DEFAULT_MODE, OpenRequest.write().create().how().mode());
    assertEquals(0600, OpenRequest.write().mode(0600).create().how().mode());
  }

  @Test
  void withersChangeNothing() {
    OpenRequest write = OpenRequest.write();
    write.create().mode(0600);
    assertEquals(OpenHow.of(Access.WRITE), write.how());
  }

  @Test
  void whatCannotBe() {
    OpenRequest read = OpenRequest.read();
    assertThrows(IllegalArgumentException.class, read::truncate);
    assertThrows(IllegalArgumentException.class, () -> OpenRequest.write().directory());
    assertThrows(IllegalArgumentException.class, () -> OpenRequest.readWrite().directory());
    assertThrows(IllegalArgumentException.class, () -> read.create().directory());
    assertThrows(IllegalArgumentException.class, () -> read.directory().create());
    assertThrows(IllegalArgumentException.class, () -> read.mode(01000));
    assertThrows(IllegalArgumentException.class, () -> read.mode(-1));
  }

  @Test
  void forATestOfAPlugin() {
    assertEquals(Set.of(StandardOpenOption.READ), OpenRequest.read().options());
    assertEquals(
        Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE, StandardOpenOption.CREATE_NEW),
        OpenRequest.append().create().exclusive().options());
    assertEquals(
        Set.of(
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING),
        OpenRequest.readWrite().truncate().options());
  }

  @Test
  void addresses() throws Exception {
    byte[] mapped = new byte[16];
    mapped[15] = 1;
    InetAddress six = InetAddress.getByAddress("some-name", mapped);
    assertEquals("udp://[0:0:0:0:0:0:0:1]:53", Targets.of("udp", new InetSocketAddress(six, 53)));
    InetSocketAddress name = InetSocketAddress.createUnresolved("127.0.0.9", 5432);
    assertEquals("tcp://127.0.0.9:5432", Targets.of(name));
    assertThrows(
        UnknownHostException.class,
        () -> Targets.of(InetSocketAddress.createUnresolved("no such name", 1)));
    SocketAddress other =
        new SocketAddress() {
          private static final long serialVersionUID = 1L;
        };
    assertThrows(IllegalArgumentException.class, () -> Targets.of(other));
  }

  @Test
  void pathsOfOtherFileSystemsAreAMistake() throws Exception {
    Path zip = folder.resolve("a.zip");
    ByteArrayOutputStream empty = new ByteArrayOutputStream();
    new ZipOutputStream(empty).close();
    Files.write(zip, empty.toByteArray());
    try (FileSystem inside =
        FileSystems.newFileSystem(URI.create("jar:" + zip.toUri()), Map.of())) {
      assertThrows(
          IllegalArgumentException.class, () -> Targets.of("open", inside.getPath("/etc/passwd")));
    }
  }

  /** Java would write another name for it, which may be that of another file. */
  @Test
  void bytesThatAreNotUtf8AreRefused() throws Exception {
    Path replacement = Path.of("/\uFFFD");
    assertEquals("/\uFFFD", Targets.of("open", replacement));
    Path odd = Path.of(new URI("file:///%FF"));
    OpenRefusedException refusal =
        assertThrows(OpenRefusedException.class, () -> Targets.of("open", odd));
    assertEquals(ErrorCode.BAD_REQUEST, refusal.code());
  }
}
