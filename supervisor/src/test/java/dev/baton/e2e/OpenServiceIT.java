package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Openers;
import dev.baton.ipc.OpenServiceClient;
import dev.baton.ipc.RefusedException;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.protocol.OpenHow.Access;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The second open server of chapter 17 (APUE 17.6) and its client, as an operator has them: a named
 * socket of a running supervisor, {@code baton open}, and other programs.
 */
@BatonTest
@Timeout(60)
class OpenServiceIT {
  private static final int SILENT = 200;
  private static final OpenHow READ = OpenHow.of(Access.READ);

  private final Installation installation = Installation.find();
  @TempDir Path temporary;

  @Test
  void otherProcessesGetFilesByPolicy() throws Exception {
    Path folder = temporary.toRealPath();
    Path files = Files.createDirectory(folder.resolve("files"));
    Path first = Files.writeString(files.resolve("first"), "one\n");
    Path second = Files.write(files.resolve("second"), new byte[] {0, (byte) 0xff, '\n'});
    Path secret = Files.writeString(folder.resolve("secret"), "not for you");
    Path socket = folder.resolve("open.sock");
    var conf = new Openers(folder).conf();
    conf.set("services.open.address", "unix:" + socket);
    conf.set("services.open.clients", List.of(client(folder, files)));
    try (var baton = BatonProcess.start(installation, conf)) {
      assertEquals(
          "rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
      printsAsCatDoes(baton, first, second, secret);
      sharesTheOffsetAndOutlivesTheClient(socket, first);
      var silent = silentClients(socket);
      refusesWithACode(socket, secret);
      counted(baton);
      for (var s : silent) {
        s.close();
      }
      assertEquals(0, baton.terminate());
      assertFalse(Files.exists(socket), "the socket file stayed");
      audited(baton); // it is written a little later than the answer, but before the end
    }
  }

  private Map<String, Object> client(Path folder, Path files) throws Exception {
    int uid = (Integer) Files.getAttribute(folder, "unix:uid");
    return Map.of("users", List.of(uid), "open", List.of(Map.of("root", files.toString())));
  }

  private void printsAsCatDoes(BatonProcess baton, Path first, Path second, Path secret)
      throws Exception {
    var both = baton.run("open", first.toString(), first.toString()).expect(0);
    assertEquals("one\none\n", both.stdout());
    var some = baton.run("open", secret.toString(), first.toString()).expect(1);
    assertEquals("one\n", some.stdout());
    assertTrue(some.stderr().contains(secret + ": no rule allows this"), some.stderr());
    baton.run("open", second.toString()).expect(0);
  }

  private void sharesTheOffsetAndOutlivesTheClient(Path socket, Path first) throws Exception {
    FileChannel kept;
    try (var client = OpenServiceClient.connect(socket)) {
      kept = client.openFile(first, READ);
    }
    try (kept) {
      var three = ByteBuffer.allocate(3);
      assertEquals(3, kept.read(three));
      assertEquals("one", new String(three.array(), StandardCharsets.UTF_8));
      assertEquals(3, kept.position());
    }
  }

  private List<SocketChannel> silentClients(Path socket) throws Exception {
    var silent = new ArrayList<SocketChannel>();
    for (int i = 0; i < SILENT; i++) {
      var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap("{\"open\":".getBytes(StandardCharsets.UTF_8)));
      silent.add(channel);
    }
    return silent;
  }

  private void refusesWithACode(Path socket, Path secret) throws Exception {
    try (var client = OpenServiceClient.connect(socket)) {
      var refused = assertThrows(RefusedException.class, () -> client.open(secret, READ));
      assertEquals(ErrorCode.NOT_ALLOWED.number(), refused.code());
      var missing = secret.resolveSibling("files/none");
      refused = assertThrows(RefusedException.class, () -> client.open(missing, READ));
      assertEquals(ErrorCode.NOT_FOUND.number(), refused.code());
      var write = OpenHow.of(Access.WRITE, Access.TRUNCATE);
      var whole = secret.resolveSibling("files/first");
      assertThrows(RefusedException.class, () -> client.open(whole, write));
      assertEquals("one\n", Files.readString(whole));
    }
  }

  private void counted(BatonProcess baton) throws Exception {
    var service = baton.status().get("openService");
    assertTrue(service.get("clients").asInt() >= SILENT, service.toString());
    assertEquals(5, service.get("answered").asInt(), service.toString());
    assertEquals(4, service.get("refused").asInt(), service.toString());
  }

  private void audited(BatonProcess baton) throws Exception {
    var audit = Files.readString(baton.conf().runtimeDir().resolve("logs/audit.log"));
    assertEquals(9, audit.lines().count(), audit);
    assertTrue(audit.contains("pid=") && audit.contains("NOT_ALLOWED"), audit);
  }
}
