package dev.baton.samples.hello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.samples.kit.FakeContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HelloWorkerTest {
  @TempDir Path dir;
  private final HelloWorker hello = new HelloWorker();
  private final FakeContext context = new FakeContext();
  private ServerSocketChannel tcp;
  private ServerSocketChannel unix;

  @BeforeEach
  void start() throws Exception {
    tcp = ServerSocketChannel.open();
    tcp.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    unix.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
    hello.start(context.with("tcp", tcp).with("unix", unix));
    assertTrue(context.isReady());
  }

  @AfterEach
  void drain() throws Exception {
    hello.drain(context);
    assertTrue(context.awaitDrained(), "not drained");
  }

  private static void write(SocketChannel client, String text) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (out.hasRemaining()) {
      client.write(out);
    }
  }

  private static String readAll(SocketChannel client) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(4096);
    while (client.read(in) >= 0) {
      continue;
    }
    return new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
  }

  private static String exchange(SocketAddress address, String... parts) throws IOException {
    try (SocketChannel client = SocketChannel.open(address)) {
      for (String part : parts) {
        write(client, part);
      }
      return readAll(client);
    }
  }

  private static void assertGreeting(String answer) {
    String json =
        String.format(
            "{\"pool\":\"web\",\"slot\":1,\"generation\":3,\"pid\":%d,\"run\":7}%n",
            ProcessHandle.current().pid());
    assertEquals(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + json.length()
            + "\r\nConnection: close\r\n\r\n"
            + json,
        answer);
  }

  @Test
  void saysWhoItIs() throws Exception {
    assertGreeting(exchange(tcp.getLocalAddress(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    assertGreeting(exchange(unix.getLocalAddress(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  }

  @Test
  void headInPieces() throws Exception {
    assertGreeting(
        exchange(tcp.getLocalAddress(), "GET / HTTP", "/1.1\r\nHost: x\r", "\n\r", "\n"));
  }

  @Test
  void bodyDoesNotCutTheAnswer() throws Exception {
    String body = "x".repeat(500_000);
    assertGreeting(
        exchange(
            tcp.getLocalAddress(),
            "POST / HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
  }

  @Test
  void headWithoutEnd() throws Exception {
    String answer = exchange(tcp.getLocalAddress(), "GET / HTTP/1.1\r\nX: " + "y".repeat(40_000));
    assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
  }

  @Test
  void silentClientIsClosedAfterAWhile() throws Exception {
    try (SocketChannel client = SocketChannel.open(unix.getLocalAddress())) {
      assertEquals("", readAll(client));
    }
  }

  @Test
  void acceptedBeforeTheDrainIsServedToTheEnd() throws Exception {
    try (SocketChannel half = SocketChannel.open(tcp.getLocalAddress())) {
      write(half, "GET / HTT");
      // A later connection is answered: so the first, ahead in the queue, was accepted.
      assertGreeting(exchange(tcp.getLocalAddress(), "GET / HTTP/1.1\r\n\r\n"));
      ExecutorService draining = Executors.newSingleThreadExecutor();
      Future<?> drain =
          draining.submit(
              () -> {
                hello.drain(context);
                return null;
              });
      draining.shutdown();
      while (tcp.isOpen()) {
        Thread.onSpinWait();
      }
      assertFalse(drain.isDone());
      write(half, "P/1.1\r\n\r\n");
      assertGreeting(readAll(half));
      drain.get();
    }
  }

  /** Whoever got a connection from this worker's accept gets an answer, also in mid-drain. */
  @Test
  void acceptThatRacesWithTheDrainIsServed() throws Exception {
    SocketAddress address = tcp.getLocalAddress();
    // A second copy of the queue's other end cannot be had in one process, so the kernel resets
    // what nobody accepted; an accepted one without an answer would end without a byte instead.
    Callable<String> client =
        () -> {
          StringBuilder outcomes = new StringBuilder();
          while (tcp.isOpen()) {
            try {
              String answer = exchange(address, "GET / HTTP/1.1\r\n\r\n");
              outcomes.append(answer.isEmpty() ? 'E' : '.');
            } catch (IOException e) {
              break;
            }
          }
          return outcomes.toString();
        };
    ExecutorService clients = Executors.newFixedThreadPool(4);
    List<Future<String>> outcomes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      outcomes.add(clients.submit(client));
    }
    assertGreeting(exchange(unix.getLocalAddress(), "GET / HTTP/1.1\r\n\r\n"));
    hello.drain(context);
    clients.shutdown();
    for (Future<String> outcome : outcomes) {
      assertFalse(outcome.get().contains("E"), outcome.get());
    }
  }
}
