package dev.baton.samples.scribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.samples.kit.FakeContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ScribeWorkerTest {
  @TempDir Path dir;
  private final ScribeWorker scribe = new ScribeWorker();
  private final FakeContext context = new FakeContext();
  private ServerSocketChannel listener;
  private FileChannel file;

  @BeforeEach
  void start() throws Exception {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    file =
        FileChannel.open(
            dir.resolve("lines"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    scribe.start(context.with("scribe", listener).with("lines", file));
  }

  @AfterEach
  void drain() throws Exception {
    scribe.drain(context);
    assertTrue(context.awaitDrained(), "not drained");
    file.close();
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(dir.resolve("lines"));
  }

  private Client client() throws IOException {
    InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
    return new Client(new Socket(address.getAddress(), address.getPort()));
  }

  /** One connection with lines both ways. */
  private record Client(Socket socket, BufferedReader in) implements AutoCloseable {
    Client(Socket socket) throws IOException {
      this(
          socket,
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)));
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    String answer() throws IOException {
      return in.readLine();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void appendsAndAnswers() throws Exception {
    try (Client client = client()) {
      client.send("one\ntwo\nthr");
      assertEquals("ok", client.answer());
      assertEquals("ok", client.answer());
      assertEquals(List.of("one", "two"), lines());
      client.send("ee\n");
      assertEquals("ok", client.answer());
      assertEquals(List.of("one", "two", "three"), lines());
    }
  }

  @Test
  void manyClientsTearNoLine() throws Exception {
    int clients = 8;
    int each = 200;
    ExecutorService pool = Executors.newFixedThreadPool(clients);
    List<Future<?>> all = new ArrayList<>();
    for (int c = 0; c < clients; c++) {
      String letter = String.valueOf((char) ('a' + c));
      all.add(
          pool.submit(
              () -> {
                try (Client client = client()) {
                  for (int i = 0; i < each; i++) {
                    client.send(letter.repeat(100 + i) + "\n");
                    assertEquals("ok", client.answer());
                  }
                }
                return null;
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    pool.shutdown();
    assertEquals(clients * each, lines().size());
    for (String line : lines()) {
      char[] same = new char[line.length()];
      Arrays.fill(same, line.charAt(0));
      assertEquals(new String(same), line);
    }
  }

  @Test
  void tooLongALineIsRefused() throws Exception {
    try (Client client = client()) {
      client.send("x".repeat(8192));
      assertEquals("error: a line of more than 8192 bytes", client.answer());
      assertEquals(List.of(), lines());
    }
  }

  @Test
  void drainClosesIdleConnections() throws Exception {
    try (Client client = client()) {
      client.send("one\n");
      assertEquals("ok", client.answer());
      scribe.drain(context);
      assertNull(client.answer());
    }
  }

  @Test
  void needsOneListener() {
    FakeContext none = new FakeContext().with("lines", file);
    assertEquals(
        "one listener is needed, given were: []",
        assertThrows(IllegalArgumentException.class, () -> new ScribeWorker().start(none))
            .getMessage());
  }
}
