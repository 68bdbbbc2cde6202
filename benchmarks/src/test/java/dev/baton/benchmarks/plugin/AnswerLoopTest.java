package dev.baton.benchmarks.plugin;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class AnswerLoopTest {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private ServerSocketChannel listener;

  @BeforeEach
  void listen() throws IOException {
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  private void serve() throws IOException {
    AnswerLoop loop = new AnswerLoop();
    loop.add(listener);
    loop.start();
  }

  @Test
  void answersWhatHasComeAndCloses() throws IOException {
    try (Socket client = connect()) {
      client.getOutputStream().write(REQUEST);
      serve();
      assertAnswered(client);
    }
  }

  @Test
  void answersWhatComesLater() throws IOException {
    serve();
    try (Socket late = connect();
        Socket other = connect()) {
      other.getOutputStream().write(REQUEST);
      assertAnswered(other);
      late.getOutputStream().write(REQUEST);
      assertAnswered(late);
    }
  }

  @Test
  void aConnectionWithoutARequestYetIsLeftAlone() throws IOException {
    try (Socket client = connect();
        SocketChannel connection = listener.accept()) {
      connection.configureBlocking(false);
      assertFalse(Answer.tryOn(connection));
      assertTrue(connection.isOpen() && client.isConnected());
    }
  }

  @Test
  void aClientThatGoesIsNoMatter() throws IOException {
    serve();
    Socket gone = connect();
    gone.setSoLinger(true, 0);
    gone.close();
    try (Socket client = connect()) {
      client.getOutputStream().write(REQUEST);
      assertAnswered(client);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
  }

  private static void assertAnswered(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n") && answer.endsWith("\r\n\r\nok\n"), answer);
  }
}
