package dev.baton.worker.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The first handler of a connection: knows when the client spoke last, finds the HTTP codec as soon
 * as the server has put one there, and ends the connection. Fields belong to the event loop, but
 * the volatile one.
 */
final class HttpFront extends ChannelInboundHandlerAdapter {
  /**
   * A server that speaks HTTP/1.1 and HTTP/2 chooses its codec by the first bytes: at most the 24
   * of the HTTP/2 preface (RFC 9113, 3.4).
   */
  private static final int PROBE_BYTES = 24;

  /** How long to read on after the last response, so that no reset overtakes it. */
  private static final long LINGER_MILLIS = 1000;

  private final HttpDrain drain;
  private final Channel channel;
  private ChannelHandlerContext context;
  private HttpExchange exchange;
  private int probed;
  private boolean heard;
  private boolean draining;
  private volatile boolean closing;
  private long quietSince;

  HttpFront(HttpDrain drain, Channel channel) {
    this.drain = drain;
    this.channel = channel;
  }

  /** From any thread. A connection on its way to its event loop sees the drain when it is there. */
  void drain() {
    if (!channel.isRegistered()) {
      return;
    }
    try {
      channel.eventLoop().execute(this::begin);
    } catch (RejectedExecutionException e) {
      channel.close(); // the event loop has ended, so nobody serves it
    }
  }

  /** From any thread: open, and its client was not told that it ends. */
  boolean inUse() {
    return channel.isOpen() && !closing;
  }

  /** From any thread. */
  void close() {
    channel.close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    if (drain.grace() != null) {
      begin();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
      return;
    }
    heard = true;
    quietSince = System.nanoTime();
    if (exchange == null && probed < PROBE_BYTES && message instanceof ByteBuf bytes) {
      probe(bytes);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  /** Passes byte by byte until the codec is there, so that no message gets past the exchange. */
  private void probe(ByteBuf bytes) {
    findCodec();
    while (exchange == null && probed < PROBE_BYTES && bytes.isReadable()) {
      probed++;
      context.fireChannelRead(bytes.readRetainedSlice(1));
      findCodec();
    }
    if (bytes.isReadable()) {
      context.fireChannelRead(bytes);
    } else {
      bytes.release();
    }
  }

  private void findCodec() {
    ChannelHandlerContext codec = context.pipeline().context(HttpResponseEncoder.class);
    if (codec == null) {
      codec = context.pipeline().context(HttpServerCodec.class);
    }
    if (codec != null) {
      exchange = new HttpExchange(this, drain);
      context.pipeline().addAfter(codec.name(), "baton-http-exchange", exchange);
    }
  }

  private void begin() {
    if (!draining) {
      draining = true;
      quietSince = System.nanoTime();
      watchSilence();
    }
  }

  boolean draining() {
    return draining;
  }

  /** A response of before the drain has ended: the client's silence counts from here. */
  void answered() {
    quietSince = System.nanoTime();
    if (draining) {
      watchSilence();
    }
  }

  private void watchSilence() {
    boolean silentHttp = exchange != null ? exchange.idle() : !heard;
    if (closing || !silentHttp || !channel.isActive()) {
      return;
    }
    long left = quietSince + drain.grace().toNanos() - System.nanoTime();
    if (left > 0) {
      channel.eventLoop().schedule(this::watchSilence, left, TimeUnit.NANOSECONDS);
    } else {
      closing = true;
      drain.countIdleClosed();
      channel.close();
    }
  }

  /**
   * The last response is on its way: ends our side, and reads what the client still sends until it
   * ends its own. A close with unread bytes would reset the connection, and the reset could destroy
   * the response before the client has read it (RFC 9112, 9.6).
   */
  void closeAfterResponse() {
    closing = true;
    if (!(channel instanceof DuplexChannel duplex)) {
      channel.close();
      return;
    }
    duplex.shutdownOutput();
    channel.config().setAutoRead(true);
    channel.read();
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }
}
