package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.protocol.ToSupervisor.Drained;
import dev.baton.protocol.ToSupervisor.Pong;
import dev.baton.protocol.ToSupervisor.Refuse;
import dev.baton.protocol.ToWorker;
import dev.baton.testkit.FdLeakCheck;
import dev.baton.worker.netty.HeldListeners;
import dev.baton.worker.vertx.BatonVertx;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Server libraries, unchanged, on dispatched listeners. */
@ExtendWith(FdLeakCheck.class)
class DispatchedServersTest {
  /** Answers what it is sent; closes when the client does. */
  @ChannelHandler.Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
      ctx.writeAndFlush(bytes);
    }
  }

  private static final class EchoPlugin implements Worker {
    private final EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private HeldListeners held;
    private boolean unix;

    @Override
    public void start(WorkerContext context) throws Exception {
      held = new HeldListeners(context);
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channelFactory(unix ? held.unix() : held.tcp())
              .childHandler(new Echo())
              .bind(context.address("web"))
              .sync()
              .channel();
      assertEquals(context.address("web"), server.localAddress());
      context.ready();
    }

    @Override
    public void drain(Drain drain) {
      held.stopAccepting().thenRun(drain::done);
    }

    @Override
    public void stop() throws Exception {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS);
    }
  }

  private static void settle(Dispatched d) throws Exception {
    d.supervisor.send(new ToWorker.Ping(99));
    d.until(Pong.class);
  }

  private static void nettyServes(Dispatched d) throws Exception {
    Set<Long> numbers = new TreeSet<>();
    for (long n = 1; n <= 50; n++) {
      Visitor.write(d.handOff(n).client(), "ask " + n);
      numbers.add(n);
    }
    d.untilClaimed(numbers.toArray(new Long[0]));
    d.supervisor.send(new ToWorker.Drain(5, 60_000));
    settle(d);
    for (long n = 1; n <= 50; n++) {
      d.visitors.get(n).client().shutdownOutput();
      assertEquals("ask " + n, d.visitors.get(n).readAll());
    }
    assertEquals(5, d.until(Drained.class).id());
    assertEquals(numbers, d.closed);
  }

  @Test
  void nettyServesTcp() throws Exception {
    try (Dispatched d = new Dispatched(Sockets.tcp(), new EchoPlugin())) {
      nettyServes(d);
    }
  }

  @Test
  void nettyServesUnix(@TempDir Path folder) throws Exception {
    EchoPlugin plugin = new EchoPlugin();
    plugin.unix = true;
    try (Dispatched d = new Dispatched(Sockets.unix(folder.resolve("s")), plugin)) {
      nettyServes(d);
    }
  }

  /** Between the end of accepting and a drain: what comes goes back. */
  @Test
  void stopAcceptingRefuses() throws Exception {
    CompletableFuture<HeldListeners> held = new CompletableFuture<>();
    EchoPlugin plugin = new EchoPlugin();
    Worker telling =
        new Worker() {
          @Override
          public void start(WorkerContext context) throws Exception {
            plugin.start(context);
            held.complete(plugin.held);
          }

          @Override
          public void stop() throws Exception {
            plugin.stop();
          }
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), telling)) {
      Visitor open = d.handOff(1);
      d.untilClaimed(1L);
      held.get(10, TimeUnit.SECONDS).stopAccepting().get(10, TimeUnit.SECONDS);
      d.handOff(2);
      assertEquals(List.of(2L), d.until(Refuse.class).connections());
      Visitor.write(open.client(), "still served");
      open.client().shutdownOutput();
      assertEquals("still served", open.readAll());
      d.untilClosed(1L);
    }
  }

  @Test
  void vertxServesHttp() throws Exception {
    Worker plugin =
        new Worker() {
          private BatonVertx baton;

          @Override
          public void start(WorkerContext context) throws Exception {
            baton = BatonVertx.create(context);
            baton
                .vertx()
                .createHttpServer()
                .requestHandler(r -> r.response().end("hello"))
                .listen(baton.address("web"))
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
            context.ready();
          }

          @Override
          public void stop() throws Exception {
            baton.vertx().close().toCompletionStage().toCompletableFuture().get();
          }
        };
    try (Dispatched d = new Dispatched(Sockets.tcp(), plugin)) {
      for (long n = 1; n <= 5; n++) {
        Visitor visitor = d.handOff(n);
        Visitor.write(visitor.client(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        String answer = visitor.readAll();
        assertTrue(answer.startsWith("HTTP/1.1 200 OK") && answer.endsWith("hello"), answer);
      }
      d.untilClosed(1L, 2L, 3L, 4L, 5L);
    }
  }
}
