package dev.baton.supervisor.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Stands before the acceptor of the TCP side, where nobody knows yet who comes. */
@Sharable
final class CrowdGuard extends ChannelInboundHandlerAdapter {
  static final int MOST_CONNECTIONS = 256;

  private final Crowd crowd = new Crowd("the admin address", MOST_CONNECTIONS);

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel peer = (Channel) message;
    if (crowd.enters(peer)) {
      context.fireChannelRead(peer);
    } else {
      peer.unsafe().closeForcibly();
    }
  }
}
