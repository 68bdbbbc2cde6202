package dev.baton.samples.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ErrorCode;
import dev.baton.samples.kit.FakeContext;
import dev.baton.worker.OpenRefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VaultWorkerTest {
  @TempDir Path dir;
  private final VaultWorker vault = new VaultWorker();
  private final FakeContext context = new FakeContext();
  private Path root;
  private ServerSocketChannel tcp;
  private ServerSocketChannel unix;

  @BeforeEach
  void start() throws Exception {
    root = Files.createDirectory(dir.resolve("root"));
    tcp = ServerSocketChannel.open();
    tcp.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    unix.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
    vault.start(context.with("tcp", tcp).with("unix", unix).config(new VaultConfig(root)));
    assertTrue(context.isReady());
  }

  @AfterEach
  void drain() throws Exception {
    vault.drain(context);
    assertTrue(context.awaitDrained(), "not drained");
    vault.stop();
    tcp.close();
    unix.close();
  }

  private static byte[] exchange(SocketAddress address, String request) throws IOException {
    try (SocketChannel client = SocketChannel.open(address)) {
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
      while (out.hasRemaining()) {
        client.write(out);
      }
      return Channels.newInputStream(client).readAllBytes();
    }
  }

  private String ask(String request) throws IOException {
    return new String(exchange(tcp.getLocalAddress(), request), StandardCharsets.ISO_8859_1);
  }

  private String get(String target) throws IOException {
    return ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  /** What is answered when the supervisor ends a request so. */
  private String ending(Throwable failure) throws IOException {
    context.opening(path -> CompletableFuture.failedFuture(failure));
    return get("/x");
  }

  private static String refusal(String status, String header) {
    return "HTTP/1.1 "
        + status
        + "\r\n"
        + header
        + "Content-Type: text/plain\r\nContent-Length: "
        + (status.length() + 1)
        + "\r\nConnection: close\r\n\r\n"
        + status
        + "\n";
  }

  @Test
  void servesFilesOverTcpAndUnix() throws Exception {
    Files.createDirectory(root.resolve("a b"));
    Files.writeString(root.resolve("a b/ü"), "twelve bytes");
    String request = "GET /a%20b/%c3%BC?query HTTP/1.1\r\nHost: x\r\n\r\n";
    String answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 12\r\n"
            + "Connection: close\r\n\r\ntwelve bytes";
    assertEquals(answer, ask(request));
    assertEquals(answer, new String(exchange(unix.getLocalAddress(), request), "ISO-8859-1"));
    assertEquals(
        answer.replace("twelve bytes", ""), ask("HEAD /a%20b/%c3%bc HTTP/1.1\r\nHost: x\r\n\r\n"));
  }

  @Test
  void aLargeFileComesWhole() throws Exception {
    byte[] content = new byte[5_000_000];
    new Random(1).nextBytes(content);
    Files.write(root.resolve("large"), content);
    for (SocketAddress address : List.of(tcp.getLocalAddress(), unix.getLocalAddress())) {
      byte[] answer = exchange(address, "GET /large HTTP/1.1\r\n\r\n");
      assertArrayEquals(
          content, Arrays.copyOfRange(answer, answer.length - content.length, answer.length));
    }
  }

  @Test
  void aFileThatBecomesShorterIsSeenByItsClient() throws Exception {
    Path file = Files.write(root.resolve("shrinks"), new byte[50_000_000]);
    try (SocketChannel client = SocketChannel.open(tcp.getLocalAddress())) {
      client.write(ByteBuffer.wrap("GET /shrinks HTTP/1.1\r\n\r\n".getBytes("US-ASCII")));
      assertTrue(client.read(ByteBuffer.allocate(1)) > 0);
      Files.write(file, new byte[0]);
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      Channels.newInputStream(client).transferTo(rest);
      assertTrue(rest.size() < 50_000_000, rest.size() + " bytes");
    }
  }

  @Test
  void theSupervisorsReasonsInTheWordsOfHttp() throws Exception {
    String retry = "Retry-After: 1\r\n";
    assertEquals(refusal("403 Forbidden", ""), ending(refused(ErrorCode.NOT_ALLOWED)));
    assertEquals(refusal("404 Not Found", ""), ending(refused(ErrorCode.NOT_FOUND)));
    assertEquals(refusal("400 Bad Request", ""), ending(refused(ErrorCode.BAD_REQUEST)));
    assertEquals(refusal("503 Service Unavailable", retry), ending(refused(ErrorCode.BUSY)));
    assertEquals(refusal("500 Internal Server Error", ""), ending(refused(ErrorCode.SYSTEM)));
    assertEquals(refusal("503 Service Unavailable", retry), ending(new IOException("it is gone")));
  }

  private static OpenRefusedException refused(ErrorCode code) {
    return new OpenRefusedException("open /x", code, "");
  }

  /** A way out of the folder is asked for as it came, and not made harmless here. */
  @Test
  void namesAreTheSupervisorsToJudge() throws Exception {
    List<String> asked = new ArrayList<>();
    context.opening(
        path -> {
          asked.add(path.toString());
          return CompletableFuture.failedFuture(refused(ErrorCode.NOT_ALLOWED));
        });
    get("/../secret");
    get("/%2e%2e/secret");
    get("/");
    assertEquals(List.of(root + "/../secret", root + "/../secret", root.toString()), asked);
  }

  @Test
  void whatIsNoRequestForAFileAsksNobody() throws Exception {
    context.opening(
        path -> {
          throw new AssertionError(path);
        });
    String bad = refusal("400 Bad Request", "");
    for (String target :
        List.of("x", "http://h/x", "/%", "/%4", "/%zz", "/%00", "/%ff", "/a b", "*")) {
      assertEquals(bad, get(target), target);
    }
    assertEquals(bad, ask("GET /\r\n\r\n"));
    assertEquals(bad, ask("\r\n\r\n"));
    assertEquals(
        refusal("405 Method Not Allowed", "Allow: GET, HEAD\r\n"),
        ask("PUT /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"));
    assertEquals(
        refusal("431 Request Header Fields Too Large", ""),
        ask("GET / HTTP/1.1\r\nX: " + "y".repeat(40_000)));
  }

  @Test
  void aChannelThatComesAfterTheClientIsGoneIsClosed() throws Exception {
    CompletableFuture<FileChannel> later = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    context.opening(
        path -> {
          asked.complete(null);
          return later;
        });
    try (SocketChannel client = SocketChannel.open(tcp.getLocalAddress())) {
      client.write(ByteBuffer.wrap("GET /x HTTP/1.1\r\n\r\n".getBytes("US-ASCII")));
      asked.get();
    }
    FileChannel file = FileChannel.open(Files.createFile(root.resolve("x")));
    later.complete(file);
    while (file.isOpen()) {
      Thread.onSpinWait(); // the test has a time limit
    }
    assertFalse(file.isOpen());
  }

  @Test
  void aConfigurationThatCannotBeIsNamed() {
    assertEquals(
        "config.root is needed, such as /srv/vault",
        assertThrows(IllegalArgumentException.class, () -> new VaultConfig(null)).getMessage());
    assertEquals(
        "config.root: found srv, allowed is an absolute path",
        assertThrows(IllegalArgumentException.class, () -> new VaultConfig(Path.of("srv")))
            .getMessage());
  }
}
