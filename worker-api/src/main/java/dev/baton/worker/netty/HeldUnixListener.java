package dev.baton.worker.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.nio.AbstractNioMessageChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * A held UNIX-domain listener. Netty's own {@code NioServerDomainSocketChannel} deletes the path
 * when it is closed, which would cut every other holder off from new clients; unlinking belongs to
 * the supervisor.
 */
final class HeldUnixListener extends AbstractNioMessageChannel implements ServerChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final Config config = new Config();

  /** Consumes {@code held}, which has to listen. */
  HeldUnixListener(ServerSocketChannel held) {
    super(null, held, SelectionKey.OP_ACCEPT);
  }

  @Override
  protected ServerSocketChannel javaChannel() {
    return (ServerSocketChannel) super.javaChannel();
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    SocketChannel connection = javaChannel().accept();
    if (connection == null) {
      return 0;
    }
    try {
      accepted.add(new NioDomainSocketChannel(this, connection));
      return 1;
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  protected void doClose() throws Exception {
    super.doClose();
    javaChannel().close();
  }

  @Override
  public boolean isActive() {
    return isOpen();
  }

  @Override
  protected SocketAddress localAddress0() {
    try {
      return javaChannel().getLocalAddress();
    } catch (IOException e) {
      return null; // closed meanwhile
    }
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("listens already");
  }

  @Override
  protected boolean doConnect(SocketAddress remote, SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doFinishConnect() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doDisconnect() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected boolean doWriteMessage(Object message, ChannelOutboundBuffer buffer) {
    throw new UnsupportedOperationException();
  }

  private final class Config extends DefaultChannelConfig {
    Config() {
      super(HeldUnixListener.this, new ServerChannelRecvByteBufAllocator());
    }

    @Override
    protected void autoReadCleared() {
      clearReadPending();
    }
  }
}
