package dev.baton.supervisor.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the acceptor in the pipeline of the listening channel, and lets through only whom
 * the kernel names as the supervisor's own user or root (SO_PEERCRED: the uid at the time of
 * connect, unix(7)), and only so many at a time. What it refuses is closed before a byte of it was
 * read. Threading: called on the acceptor's thread.
 */
@Sharable
final class PeerGuard extends ChannelInboundHandlerAdapter {

  static final int MOST_CONNECTIONS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(PeerGuard.class);

  private final Set<UserPrincipal> allowed;
  private final Crowd crowd = new Crowd("the admin socket", MOST_CONNECTIONS);
  private volatile boolean installed;

  private PeerGuard(Set<UserPrincipal> allowed) {
    this.allowed = allowed;
  }

  /**
   * A guard for the user of this process.
   *
   * @param own a file or folder that this process has just made: its owner is this process's user
   */
  static PeerGuard forOwnerOf(Path own) throws IOException {
    // The JDK takes the number for a name that nobody has; unlike the owner of "/" this holds in a
    // user namespace too. Principals of users are equal when their uids are.
    UserPrincipal root =
        own.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("0");
    UserPrincipal self = Files.getOwner(own);
    return new PeerGuard(self.equals(root) ? Set.of(self) : Set.of(self, root));
  }

  /** Whether it stands in the pipeline of a channel; the server must not serve without. */
  boolean installed() {
    return installed;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    installed = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel peer = (Channel) message;
    if (known(peer) && crowd.enters(peer)) {
      context.fireChannelRead(peer);
    } else {
      peer.unsafe().closeForcibly();
    }
  }

  private boolean known(Channel peer) {
    UnixDomainPrincipal principal;
    try {
      principal = peer.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
    } catch (RuntimeException e) {
      LOG.warn("closed an admin connection whose user the kernel does not tell: {}", e.toString());
      return false;
    }
    if (principal == null || !allowed.contains(principal.user())) {
      LOG.warn("closed an admin connection of user {}", principal == null ? "?" : principal.user());
      return false;
    }
    return true;
  }
}
