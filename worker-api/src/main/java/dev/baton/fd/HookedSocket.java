package dev.baton.fd;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * How a {@code SocketChannel} of {@link Adoption#socket(OwnedFd, SocketAddress, Runnable)} closes:
 * shutdown of the write side, the JDK's own close, the hook.
 */
final class HookedSocket {
  private static final int SHUT_WR = 1;

  private final Runnable closed;
  private FileDescriptor descriptor;
  private SocketChannel channel;

  private HookedSocket(Runnable closed) {
    this.closed = closed;
  }

  static SocketChannel open(
      FileDescriptor d, ProtocolFamily family, SocketAddress peer, Runnable closed)
      throws Throwable {
    HookedSocket hooked = new HookedSocket(closed);
    hooked.descriptor = d;
    Runnable closing = hooked::close;
    hooked.channel =
        (SocketChannel) Subclass.NEW.invokeExact(JdkInternals.PROVIDER, family, d, peer, closing);
    return hooked.channel;
  }

  /** Defines the class now, so that the first connection does not wait for it. */
  static void prepare() {
    if (Subclass.NEW == null) {
      throw new IllegalStateException("the class was not defined");
    }
  }

  /** The JDK calls it once, whoever closes; the descriptor is open until the inherited close. */
  private void close() {
    shutDown();
    try {
      Subclass.CLOSE.invokeExact((Object) channel);
    } catch (Throwable e) {
      throw Sneaky.<RuntimeException>raise(e);
    } finally {
      closed.run();
    }
  }

  /** As the JDK does where it shuts down itself: not where a reset was asked for. */
  private void shutDown() {
    try {
      Object linger =
          Subclass.SOCKET_OPTION.invoke(
              descriptor, Subclass.UNSPEC, StandardSocketOptions.SO_LINGER);
      if (!Integer.valueOf(0).equals(linger)) {
        Subclass.SHUTDOWN.invoke(descriptor, SHUT_WR);
      }
    } catch (Throwable e) {
      // The peer has gone: nobody to tell. Whatever it is, the close goes on.
    }
  }

  /** Defines the class when the first such channel is made, or asked for. */
  static final class Subclass {
    static final MethodHandle NEW;
    static final MethodHandle CLOSE;
    static final MethodHandle SOCKET_OPTION;
    static final MethodHandle SHUTDOWN;
    static final ProtocolFamily UNSPEC;

    static {
      try {
        Class<?> parent = JdkInternals.type("SocketChannelImpl");
        Class<?> type =
            ChannelSubclass.of(
                    "BatonSocketChannel",
                    parent,
                    SelectorProvider.class,
                    ProtocolFamily.class,
                    FileDescriptor.class,
                    SocketAddress.class)
                .override("implCloseSelectableChannel", void.class)
                .define();
        NEW =
            ChannelSubclass.constructor(type)
                .asType(
                    MethodType.methodType(
                        SocketChannel.class,
                        SelectorProvider.class,
                        ProtocolFamily.class,
                        FileDescriptor.class,
                        SocketAddress.class,
                        Runnable.class));
        CLOSE = ChannelSubclass.inherited(type, parent, "implCloseSelectableChannel");
        SOCKET_OPTION =
            JdkInternals.method(
                "Net",
                "getSocketOption",
                FileDescriptor.class,
                ProtocolFamily.class,
                SocketOption.class);
        SHUTDOWN = JdkInternals.method("Net", "shutdown", FileDescriptor.class, int.class);
        Class<?> net = JdkInternals.type("Net");
        UNSPEC =
            (ProtocolFamily)
                ChannelSubclass.lookup(net)
                    .findStaticVarHandle(net, "UNSPEC", ProtocolFamily.class)
                    .get();
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private Subclass() {}
  }
}
