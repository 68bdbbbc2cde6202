package dev.baton.worker.vertx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.worker.netty.HeldListeners;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Server libraries that know nothing of hand-off serve connections that were handed over. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class HandOffTest {
  private static final int CLIENTS = 100;

  private final Bench bench = new Bench();

  @TempDir Path folder;

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  private OwnedFd listener(String kind) throws Exception {
    return bench.add(
        kind.equals("unix") ? FakeWorker.unix(folder.resolve("web.sock")) : FakeWorker.tcp());
  }

  private EventLoopGroup loops() {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    bench.add(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS));
    return loops;
  }

  /** Clients that ask for an echo and see the end that follows it, a few at once. */
  private static void echoes(HandOff handOff, SocketAddress address) throws IOException {
    for (int i = 0; i < CLIENTS; i += 5) {
      SocketChannel[] clients = new SocketChannel[5];
      for (int c = 0; c < clients.length; c++) {
        clients[c] = SocketChannel.open(address);
        handOff.dispatch();
      }
      for (int c = 0; c < clients.length; c++) {
        try (SocketChannel client = clients[c]) {
          String text = "%04d".formatted(i + c);
          client.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
          ByteBuffer answer = ByteBuffer.allocate(5);
          while (answer.hasRemaining() && client.read(answer) >= 0) {
            continue;
          }
          assertEquals(text, new String(answer.array(), 0, answer.position(), UTF_8));
        }
      }
    }
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () -> assertEquals(CLIENTS, handOff.connectionsClosed.get(), "each told of its close"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  void aHandWrittenSelectorServer(String kind) throws Exception {
    OwnedFd kept = listener(kind);
    HandOff handOff = bench.add(new HandOff(kept));
    Selector selector = bench.add(Selector.open());
    handOff.server().channel().configureBlocking(false);
    handOff.server().channel().register(selector, SelectionKey.OP_ACCEPT);
    Thread thread = new Thread(() -> serve(selector), "nio-server");
    thread.start();
    echoes(handOff, FakeWorker.addressOf(kept));
    selector.close();
    thread.join(10_000);
  }

  /** As a server's author writes it; ends with its selector. */
  private static void serve(Selector selector) {
    try {
      for (; ; ) {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isAcceptable()) {
            SocketChannel connection = ((ServerSocketChannel) key.channel()).accept();
            if (connection == null) { // as on every socket that somebody else may have been at
              continue;
            }
            connection.configureBlocking(false);
            connection.register(selector, SelectionKey.OP_READ);
          } else {
            SocketChannel connection = (SocketChannel) key.channel();
            ByteBuffer question = ByteBuffer.allocate(4);
            connection.read(question);
            connection.write(question.flip());
            connection.close();
          }
        }
        selector.selectedKeys().clear();
      }
    } catch (ClosedSelectorException e) {
      return;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Echoes once, and closes. */
  private static final class Echo extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ctx.writeAndFlush((ByteBuf) message).addListener(f -> ctx.close());
                }
              });
    }
  }

  @Test
  void nettyOnAnAdoptedChannel() throws Exception {
    OwnedFd kept = listener("tcp");
    HandOff handOff = bench.add(new HandOff(kept));
    Channel server =
        new ServerBootstrap()
            .group(loops())
            .channelFactory(() -> new NioServerSocketChannel(handOff.server().channel()))
            .childHandler(new Echo())
            .register()
            .sync()
            .channel();
    assertEquals(FakeWorker.addressOf(kept), server.localAddress());
    echoes(handOff, FakeWorker.addressOf(kept));
    server.close().sync();
    assertTrue(handOff.stopped.get(), "the feed is told");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  void nettyOnAHeldListener(String kind) throws Exception {
    OwnedFd kept = listener(kind);
    HandOff handOff = bench.add(new HandOff(kept));
    HeldListeners held = new HeldListeners(handOff.worker());
    io.netty.channel.ChannelFactory<ServerChannel> channels =
        kind.equals("unix") ? held.unix() : held.tcp();
    SocketAddress address = held.address("web");
    new ServerBootstrap()
        .group(loops())
        .channelFactory(channels)
        .childHandler(new Echo())
        .bind(address)
        .sync();
    echoes(handOff, address);
    held.stopAccepting().get(10, TimeUnit.SECONDS);
    assertTrue(handOff.stopped.get(), "what is still handed over is for the feed to give back");
    SocketChannel client = bench.add(SocketChannel.open(address));
    handOff.dispatch();
    assertTrue(client.isConnected());
    assertEquals(1, handOff.waiting());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  void vertx(String kind) throws Exception {
    OwnedFd kept = listener(kind);
    HandOff handOff = bench.add(new HandOff(kept));
    BatonVertx baton = BatonVertx.create(handOff.worker());
    bench.add(() -> Bench.await(baton.vertx().close()));
    Bench.await(
        baton
            .vertx()
            .createHttpServer()
            .requestHandler(r -> r.response().end("hello"))
            .listen(baton.address("web")));
    for (int i = 0; i < 20; i++) {
      try (RawClient client = new RawClient(FakeWorker.addressOf(kept))) {
        handOff.dispatch();
        assertEquals("hello", client.ask("/").body());
        assertEquals("hello", client.ask("/again").body());
      }
    }
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> handOff.connectionsClosed.get() == 20);
  }
}
