package dev.baton.worker.netty;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.CompletableFuture;

/**
 * What a server library binds and closes: it decides at bind time where connections come from. They
 * arrive through an inner channel on the same event loop, which either adopts a held listener or
 * binds the address for real. The inner one can end while this one, and with it the server, stays.
 *
 * <p>Fields belong to the event loop, but the volatile ones.
 */
final class ListenerChannel extends AbstractServerChannel {
  private final HeldListeners listeners;
  private final ChannelFactory<? extends ServerChannel> ordinary;
  private final ListenerOptions options = new ListenerOptions(this);
  private final CompletableFuture<Void> innerClosed = new CompletableFuture<>();
  private volatile ServerChannel inner;
  private volatile SocketAddress local;
  private volatile boolean closed;

  ListenerChannel(HeldListeners listeners, ChannelFactory<? extends ServerChannel> ordinary) {
    this.listeners = listeners;
    this.ordinary = ordinary;
  }

  @Override
  protected void doBind(SocketAddress address) throws Exception {
    ServerSocketChannel held = listeners.take(address, this);
    ServerChannel channel = held != null ? adopt(held) : ordinary.newChannel();
    // This channel's own auto-read drives the inner one, so a server's back-pressure reaches it.
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(new Forward(held != null));
    channel.closeFuture().addListener(f -> innerClosed.complete(null));
    try {
      succeed(eventLoop().register(channel));
      if (held == null) {
        options.copyTo(channel.config());
        succeed(channel.bind(address));
      }
    } catch (Exception e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
    local = channel.localAddress();
    inner = channel;
  }

  private static ServerChannel adopt(ServerSocketChannel held) throws IOException {
    return held.getLocalAddress() instanceof UnixDomainSocketAddress
        ? new HeldUnixListener(held)
        : new NioServerSocketChannel(held);
  }

  /** We are on the event loop of both channels, so these operations are over when they return. */
  private static void succeed(ChannelFuture operation) throws Exception {
    if (operation.cause() instanceof Exception e) {
      throw e;
    }
    if (!operation.isSuccess()) {
      throw new IOException("not done on the event loop: " + operation, operation.cause());
    }
  }

  /**
   * Closes the inner channel. It happens on the event loop, so between two rounds of accepting:
   * whatever was accepted has been passed on. A server socket's close is no shutdown, and the
   * selector forgets it before the descriptor is closed, so other holders notice nothing.
   */
  CompletableFuture<Void> stopAccepting() {
    try {
      eventLoop().execute(this::closeInner);
    } catch (RuntimeException e) {
      innerClosed.complete(null); // the event loop has ended, and every channel with it
    }
    return innerClosed;
  }

  private void closeInner() {
    if (inner != null) {
      inner.close();
    } else {
      innerClosed.complete(null); // the bind failed
    }
  }

  @Override
  protected void doClose() {
    closed = true;
    if (inner != null) {
      inner.close();
    }
  }

  @Override
  protected void doBeginRead() {
    if (inner != null) {
      inner.read();
    }
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true; // no I/O of its own
  }

  @Override
  protected SocketAddress localAddress0() {
    return local;
  }

  @Override
  public ChannelConfig config() {
    return options;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isActive() {
    return inner != null && !closed;
  }

  /** Passes on what the inner channel accepts; the server's acceptor sits in our pipeline. */
  private final class Forward extends ChannelInboundHandlerAdapter {
    private final boolean held;

    Forward(boolean held) {
      this.held = held;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      Channel connection = (Channel) message;
      if (closed) {
        connection.unsafe().closeForcibly();
        return;
      }
      if (held) {
        listeners.accepted(connection);
      }
      pipeline().fireChannelRead(connection);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      pipeline().fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      pipeline().fireExceptionCaught(cause);
    }
  }
}
