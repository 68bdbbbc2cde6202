package dev.baton.ipc;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * A new connection and who is at its other end. One of {@link #toChannel}, {@link #toDescriptors}
 * and {@link #take} moves the socket on, to be closed there; until then it is closed here.
 */
public final class UnixConnection implements AutoCloseable {
  private final Posix posix;
  private final SocketType type;
  private final OwnedFd fd;
  private final PeerCredentials peer;

  UnixConnection(Posix posix, SocketType type, OwnedFd fd, PeerCredentials peer) {
    this.posix = posix;
    this.type = type;
    this.fd = fd;
    this.peer = peer;
  }

  /**
   * Who connected, or for a client who listens, by the kernel's word (SO_PEERCRED, {@code
   * unix(7)}): pid, uid and gid as they were at the connect or listen. The pid may be somebody
   * else's by now, and is 0 for a process outside this container; decide by uid and gid.
   */
  public PeerCredentials peer() {
    return peer;
  }

  /** The socket as a channel of the JDK: blocking, not yet with a selector. */
  public SocketChannel toChannel() throws IOException {
    if (type != SocketType.STREAM) {
      throw new IllegalStateException("channels of the JDK are streams; this is " + type);
    }
    return Adoption.socket(take());
  }

  /** The socket as one that descriptors pass through. */
  public DescriptorSocket toDescriptors() {
    return DescriptorSocket.of(posix, take());
  }

  /** The bare socket. */
  public OwnedFd take() {
    return fd.take(fd.label());
  }

  /** Closes the socket if it was not moved on. */
  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return fd + " with " + peer;
  }
}
