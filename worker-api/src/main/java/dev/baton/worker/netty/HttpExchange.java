package dev.baton.worker.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Sits behind the HTTP codec: one request at a time goes to the server, and during a drain the next
 * response announces the end. Servers that start on a pipelined request as soon as the response
 * before it is written could not be kept from half-processing it otherwise.
 *
 * <p>Fields belong to the event loop.
 */
final class HttpExchange extends ChannelDuplexHandler {
  private final HttpFront front;
  private final HttpDrain drain;
  private final Deque<Object> pipelined = new ArrayDeque<>();
  private boolean inWork;
  private boolean bodyOpen;
  private boolean readWanted;
  private boolean upgraded;
  private boolean announced;
  private boolean over;
  private boolean bad;
  private long began;

  HttpExchange(HttpFront front, HttpDrain drain) {
    this.front = front;
    this.drain = drain;
  }

  /** No request in work, and HTTP is still spoken. */
  boolean idle() {
    return !inWork && !upgraded;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (over && !(bodyOpen && message instanceof HttpContent)) {
      ReferenceCountUtil.release(message);
    } else if (!pipelined.isEmpty() || inWork && message instanceof HttpRequest) {
      pipelined.add(message);
    } else {
      pass(ctx, message);
    }
  }

  private void pass(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest) {
      inWork = true;
      bodyOpen = true;
      bad = false;
      began = System.nanoTime();
    }
    if (message instanceof LastHttpContent) {
      bodyOpen = false;
    }
    ctx.fireChannelRead(message);
  }

  /** No more is read than what waits already. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (pipelined.isEmpty()) {
      ctx.read();
    } else {
      readWanted = true;
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (over) {
      ReferenceCountUtil.release(message);
      promise.tryFailure(new ClosedChannelException());
      return;
    }
    if (message instanceof HttpResponse response) {
      if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        upgraded |= response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
        ctx.write(message, promise);
        return;
      }
      bad = response.status().codeClass() == HttpStatusClass.SERVER_ERROR;
      announce(response);
    }
    if (message instanceof LastHttpContent && inWork) {
      end(ctx, message, promise);
    } else {
      ctx.write(message, promise);
    }
  }

  private void announce(HttpResponse response) {
    if (front.draining() && !announced) {
      announced = true;
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      drain.countAnnounced();
    }
  }

  private void end(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    inWork = false;
    drain.counters().request(System.nanoTime() - began, !bad);
    if (announced) {
      over = true;
      dropPipelined();
      ChannelFutureListener close = f -> front.closeAfterResponse();
      ctx.write(message, promise.unvoid()).addListener(close);
      return;
    }
    ctx.write(message, promise);
    front.answered();
    if (!pipelined.isEmpty()) {
      // The server still has to note that this response has ended.
      ctx.executor().execute(() -> passNext(ctx));
    }
  }

  private void passNext(ChannelHandlerContext ctx) {
    while (!pipelined.isEmpty() && !(inWork && pipelined.peek() instanceof HttpRequest)) {
      pass(ctx, pipelined.poll());
    }
    ctx.fireChannelReadComplete();
    if (pipelined.isEmpty() && readWanted) {
      readWanted = false;
      ctx.read();
    }
  }

  private void dropPipelined() {
    for (Object m; (m = pipelined.poll()) != null; ) {
      ReferenceCountUtil.release(m);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    dropPipelined();
    ctx.fireChannelInactive();
  }
}
