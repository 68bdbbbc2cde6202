package dev.baton.worker.vertx;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.worker.netty.HeldListeners;
import dev.baton.worker.netty.HttpDrain;
import dev.baton.worker.netty.HttpDrain.Outcome;
import dev.baton.worker.vertx.RawClient.Answer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The adapter without Vert.x. */
@ExtendWith(FdLeakCheck.class)
class PlainNettyTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() throws Exception {
    bench.close();
  }

  @Test
  void aNettyHttpServerServesAHeldListenerAndDrains() throws Exception {
    OwnedFd kept = bench.add(FakeWorker.tcp());
    FakeWorker worker = bench.add(new FakeWorker()).offer("web", kept);
    HeldListeners held = new HeldListeners(worker);
    HttpDrain drain = HttpDrain.install(held);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    bench.add(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS));
    new ServerBootstrap()
        .group(loops)
        .channelFactory(held.tcp())
        .childHandler(new Connection())
        .bind(held.address("web"))
        .get(10, TimeUnit.SECONDS);

    RawClient client = bench.client(kept);
    assertFalse(client.ask("/a").announcesClose());
    CompletableFuture<Void> done = new CompletableFuture<>();
    Duration time = Duration.ofSeconds(60);
    CompletableFuture<Outcome> outcome = drain.start(FakeWorker.drain(time, done), time);
    held.stopAccepting().get(10, TimeUnit.SECONDS);
    loops.submit(() -> {}).get(10, TimeUnit.SECONDS);
    Answer last = client.ask("/b");
    assertEquals("/b", last.body());
    assertTrue(last.announcesClose(), last.head());
    assertEquals("", client.rest());
    client.close();
    assertEquals(new Outcome(1, 0, 0), outcome.get(10, TimeUnit.SECONDS));
    done.get(10, TimeUnit.SECONDS);
  }

  private static final class Connection extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      channel
          .pipeline()
          .addLast(new HttpServerCodec(), new HttpObjectAggregator(1024), new Answering());
    }
  }

  private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      byte[] path = request.uri().getBytes(US_ASCII);
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(path));
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, path.length);
      ctx.writeAndFlush(response);
    }
  }
}
