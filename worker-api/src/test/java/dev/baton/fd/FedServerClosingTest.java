package dev.baton.fd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FdLeakCheck.class)
@Timeout(30)
class FedServerClosingTest {
  private final Posix posix = Posix.system();

  @TempDir Path folder;

  private FedListener open(boolean own) throws IOException {
    return new FedListener(posix, "127.0.0.1", folder, own);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCloseEndsAnAcceptThatWaits(boolean own) throws Exception {
    try (FedListener server = open(own)) {
      Waiting<SocketChannel> accept = new Waiting<>(server.channel()::accept).begun();
      server.channel().close();
      accept.threw(AsynchronousCloseException.class);
      assertEquals(1, server.timesClosed());
    }
  }

  @Test
  void aCloseEndsATimedAccept() throws Exception {
    try (FedListener server = open(false)) {
      server.channel().socket().setSoTimeout(20_000);
      Waiting<?> accept = new Waiting<>(server.channel().socket()::accept).begun();
      server.channel().close();
      assertThrows(Exception.class, accept::get);
      assertEquals(1, server.timesClosed());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInterruptClosesTheChannel(boolean own) throws Exception {
    try (FedListener server = open(own)) {
      Waiting<SocketChannel> accept = new Waiting<>(server.channel()::accept).begun();
      accept.interrupt();
      accept.threw(ClosedByInterruptException.class);
      assertFalse(server.channel().isOpen());
      assertEquals(1, server.timesClosed());
    }
  }

  @Test
  void anInterruptedThreadTakesNothing() throws Exception {
    try (FedListener server = open(false);
        SocketChannel client = server.feed()) {
      assertTrue(client.isConnected());
      Waiting<SocketChannel> accept =
          new Waiting<>(
              () -> {
                Thread.currentThread().interrupt();
                return server.channel().accept();
              });
      accept.threw(ClosedByInterruptException.class);
      try (SocketChannel left = server.next()) {
        assertNotNull(left, "still with the feed, which can give it back");
      }
    }
  }

  @Test
  void aCloseInsideTheFeedKeepsWhatItGives() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (TestListener supervisors = new TestListener("127.0.0.1", folder);
        SocketChannel client = supervisors.connect()) {
      SocketChannel connection = supervisors.handOff(client);
      FedServerSocket.Feed feed =
          new FedServerSocket.Feed() {
            @Override
            public SocketChannel next() throws IOException {
              inside.countDown();
              Sneaky.get(() -> goOn.await(10, TimeUnit.SECONDS));
              return connection;
            }

            @Override
            public void closed() {
              closed.countDown();
            }
          };
      FedServerSocket server = FedServerSocket.open(posix, supervisors.address(), null, feed);
      Waiting<SocketChannel> accept = new Waiting<>(server.channel()::accept);
      assertTrue(inside.await(10, TimeUnit.SECONDS), "the feed is asked");
      Waiting<Object> close =
          new Waiting<>(
              () -> {
                server.channel().close();
                return null;
              });
      assertTrue(closed.await(10, TimeUnit.SECONDS), "a close does not wait for the feed");
      goOn.countDown();
      close.get();
      try (SocketChannel accepted = accept.get()) {
        assertEquals(connection, accepted);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRegisteredChannelTellsAtOnceAndLeavesNothing(boolean own) throws Exception {
    try (FedListener server = open(own);
        Selector selector = Selector.open()) {
      ServerSocketChannel channel = server.channel();
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT);
      channel.close();
      assertEquals(1, server.timesClosed());
      assertFalse(key.isValid());
      assertThrows(ClosedChannelException.class, channel::accept);
      try (SocketChannel client = server.feed()) {
        assertTrue(client.isConnected(), "a signal to a closed one does nothing");
        assertEquals(0, selector.selectNow());
      }
      channel.close();
      assertEquals(1, server.timesClosed(), "once");
    }
  }

  @Test
  void itsOwnSocketListensOnForOtherHolders() throws Exception {
    try (FedListener server = open(true)) {
      server.channel().close();
      try (SocketChannel client = server.own().connect();
          OwnedFd accepted = server.own().accept()) {
        assertTrue(client.isConnected());
        assertTrue(accepted.isOpen());
      }
    }
  }

  @Test
  void aFeedThatFailsFailsTheAccept() throws Exception {
    FedServerSocket.Feed broken =
        new FedServerSocket.Feed() {
          @Override
          public SocketChannel next() throws IOException {
            throw new IOException("out of order");
          }

          @Override
          public void closed() {}
        };
    try (TestListener supervisors = new TestListener("127.0.0.1", folder);
        ServerSocketChannel channel =
            FedServerSocket.open(posix, supervisors.address(), null, broken).channel()) {
      IOException e = assertThrows(IOException.class, channel::accept);
      assertEquals("out of order", e.getMessage());
      assertTrue(channel.isOpen());
    }
  }
}
