package dev.baton.benchmarks.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.worker.Connection;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class AnswerWorkerTest {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final LateRequests late = new LateRequests();
  private ServerSocketChannel listener;

  private record Served(SocketChannel channel) implements Connection {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public String listener() {
      return "web";
    }

    @Override
    public SocketAddress peer() {
      return null;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @BeforeEach
  void listen() throws IOException {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    late.start();
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  @Test
  void answersWhatHasComeAndCloses() throws IOException {
    try (Socket client = connect()) {
      client.getOutputStream().write(REQUEST);
      Connection connection = accept();
      while (!Answer.tryOn(connection)) {
        Thread.onSpinWait();
      }
      assertAnswered(client);
    }
  }

  @Test
  void answersWhatComesLater() throws IOException {
    try (Socket client = connect()) {
      Connection connection = accept();
      assertEquals(false, Answer.tryOn(connection));
      late.add(connection);
      client.getOutputStream().write(REQUEST);
      assertAnswered(client);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
  }

  private Connection accept() throws IOException {
    SocketChannel channel = listener.accept();
    channel.configureBlocking(false);
    return new Served(channel);
  }

  private static void assertAnswered(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n") && answer.endsWith("\r\n\r\nok\n"), answer);
  }
}
