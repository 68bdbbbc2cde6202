package dev.baton.worker;

import dev.baton.fd.FdTrace;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.util.Optional;

/** One offer that the plugin can ask for, and what it was turned into once it was asked for. */
final class Offered {
  private final Sort sort;
  private final Mode mode;
  private final Descriptor what;
  private final OwnedFd fd;
  private FdTrace trace;
  private Channel channel;
  private SocketAddress address;

  /** What can be made of it. */
  enum Sort {
    CONNECTIONS("listener", "listener"),
    DATAGRAMS("datagram listener", "datagrams"),
    FILE("file", "file");

    private final String words;
    private final String method;

    Sort(String words, String method) {
      this.words = words;
      this.method = method;
    }

    /** The descriptor itself says what it is; nothing said beside it can differ. */
    static Sort of(Posix posix, Descriptor d, OwnedFd fd) {
      if (d.kind() == Descriptor.Kind.FILE) {
        return FILE;
      }
      try {
        int type = fd.borrow(n -> posix.getsockopt(n, Constants.SOL_SOCKET, Constants.SO_TYPE));
        return type == Constants.SOCK_DGRAM ? DATAGRAMS : CONNECTIONS;
      } catch (SysException e) {
        return CONNECTIONS; // it fails when it is asked for
      }
    }

    /** For people. */
    String words() {
      return words;
    }

    /** The method of the context that gives it. */
    String method() {
      return method;
    }
  }

  /** How connections reach this worker. */
  enum Mode {
    SHARED,
    REUSEPORT,
    DISPATCH;

    static Mode of(Descriptor d) {
      return "dispatch".equals(d.mode())
          ? DISPATCH
          : "reuseport".equals(d.mode()) ? REUSEPORT : SHARED;
    }
  }

  /** Owns {@code fd}, but in mode dispatch, where it is in custody and only looked at. */
  Offered(Sort sort, Descriptor what, OwnedFd fd) {
    this.sort = sort;
    this.mode = Mode.of(what);
    this.what = what;
    this.fd = fd;
  }

  /** As it was offered. */
  Descriptor what() {
    return what;
  }

  /** A channel is about to take the descriptor; the next supervisor may want a copy of it. */
  void leaveTrace(Posix posix) throws SysException {
    if (!dispatched()) {
      trace = FdTrace.of(posix, fd);
    }
  }

  /** What can be brought to another supervisor; empty when the plugin has closed it. */
  Optional<OwnedFd> copy(String label) throws SysException {
    if (fd.isOpen()) {
      return Optional.of(fd.duplicate(label));
    }
    return trace == null ? Optional.empty() : trace.copy(label);
  }

  Sort sort() {
    return sort;
  }

  Mode mode() {
    return mode;
  }

  boolean dispatched() {
    return mode == Mode.DISPATCH;
  }

  OwnedFd fd() {
    return fd;
  }

  /** Where it is bound; asked from the kernel once, while the descriptor is there. */
  SocketAddress address(Posix posix) throws IOException {
    if (address == null) {
      address = Addresses.local(posix, fd);
    }
    return address;
  }

  /** Null until the plugin asks for it. */
  Channel channel() {
    return channel;
  }

  void become(Channel taken) {
    channel = taken;
  }

  /** Whether another offer of the name would be one too many. */
  boolean held() {
    return channel == null || channel.isOpen();
  }

  void close() {
    fd.close();
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // close(2) frees the number whatever it returns
      }
    }
  }
}
