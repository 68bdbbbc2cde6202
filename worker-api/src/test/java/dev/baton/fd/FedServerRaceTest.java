package dev.baton.fd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Feeds and accepts at once: a lost wake-up hangs, a doubled connection is counted. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class FedServerRaceTest {
  private static final int CONNECTIONS = 30_000;

  private final Posix posix = Posix.system();

  @TempDir Path folder;

  /** Feeds from two threads, in bursts, so that the feed runs empty often. */
  private static List<Waiting<Object>> feed(FedListener server, SocketChannel standIn) {
    List<Waiting<Object>> threads = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      threads.add(
          new Waiting<>(
              () -> {
                for (int i = 0; i < CONNECTIONS / 2; i++) {
                  server.put(standIn);
                  if (i % 7 == 0) {
                    Thread.yield();
                  }
                }
                return null;
              }));
    }
    return threads;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyThreadsAcceptEveryConnectionOnce(boolean own) throws Exception {
    try (FedListener server = new FedListener(posix, "127.0.0.1", folder, own);
        SocketChannel standIn = SocketChannel.open()) {
      AtomicInteger left = new AtomicInteger(CONNECTIONS);
      List<Waiting<Integer>> acceptors = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        acceptors.add(
            new Waiting<>(
                () -> {
                  int mine = 0;
                  while (left.getAndDecrement() > 0) {
                    server.channel().accept();
                    mine++;
                  }
                  return mine;
                }));
      }
      for (Waiting<Object> feeding : feed(server, standIn)) {
        feeding.get();
      }
      int sum = 0;
      for (Waiting<Integer> acceptor : acceptors) {
        sum += acceptor.get();
      }
      assertEquals(CONNECTIONS, sum);
      server.channel().configureBlocking(false);
      assertEquals(null, server.channel().accept(), "nothing doubled");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSelectorSeesEveryConnection(boolean hints) throws Exception {
    try (FedListener server = new FedListener(posix, "127.0.0.1", folder, false);
        SocketChannel standIn = SocketChannel.open();
        Selector selector = Selector.open()) {
      ServerSocketChannel channel = hints ? server.channel() : server.withoutHints().channel();
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_ACCEPT);
      List<Waiting<Object>> feeding = feed(server, standIn);
      int taken = 0;
      while (taken < CONNECTIONS) {
        assertEquals(1, selector.select(10_000), "a wake-up was lost after " + taken);
        selector.selectedKeys().clear();
        while (channel.accept() != null) {
          taken++;
        }
      }
      assertEquals(CONNECTIONS, taken);
      for (Waiting<Object> thread : feeding) {
        thread.get();
      }
    }
  }
}
