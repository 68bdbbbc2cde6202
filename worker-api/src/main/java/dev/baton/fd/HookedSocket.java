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
import java.util.function.BiFunction;

/**
 * How a {@code SocketChannel} of {@link Adoption#socket(OwnedFd, SocketAddress, Runnable)} closes:
 * shutdown of the write side, the JDK's own close, the hook.
 *
 * <p>SO_LINGER is off unless the plugin sets it: a listener of ours never has it, and nobody before
 * the plugin touched the connection. So it need not be asked for at each close.
 */
final class HookedSocket {
  private static final int SHUT_WR = 1;

  private final Runnable closed;
  private FileDescriptor descriptor;
  private SocketChannel channel;
  private volatile boolean lingers;

  private HookedSocket(Runnable closed) {
    this.closed = closed;
  }

  static SocketChannel open(
      FileDescriptor d, ProtocolFamily family, SocketAddress peer, Runnable closed)
      throws Throwable {
    HookedSocket hooked = new HookedSocket(closed);
    hooked.descriptor = d;
    Runnable closing = hooked::close;
    BiFunction<SocketOption<?>, Object, Object> setting = hooked::setOption;
    hooked.channel =
        (SocketChannel)
            Subclass.NEW.invokeExact(JdkInternals.PROVIDER, family, d, peer, closing, setting);
    return hooked.channel;
  }

  /** Defines the class now, so that the first connection does not wait for it. */
  static void prepare() {
    if (Subclass.NEW == null) {
      throw new IllegalStateException("the class was not defined");
    }
  }

  private Object setOption(SocketOption<?> name, Object value) {
    if (name == StandardSocketOptions.SO_LINGER) {
      lingers = true;
    }
    try {
      return (SocketChannel) Subclass.SET_OPTION.invokeExact((Object) channel, name, value);
    } catch (Throwable e) {
      throw Sneaky.<RuntimeException>raise(e);
    }
  }

  /** The JDK calls it once, whoever closes; the descriptor is open until the inherited close. */
  private void close() {
    // Else the JDK does it: it cannot close what is registered yet.
    if (channel.isBlocking() || !channel.isRegistered()) {
      shutDown();
    }
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
      if (!lingers || !Integer.valueOf(0).equals(linger())) {
        Subclass.SHUTDOWN.invokeExact(descriptor, SHUT_WR);
      }
    } catch (Throwable e) {
      // The peer has gone: nobody to tell. Whatever it is, the close goes on.
    }
  }

  private Object linger() throws Throwable {
    return Subclass.SOCKET_OPTION.invoke(
        descriptor, Subclass.UNSPEC, StandardSocketOptions.SO_LINGER);
  }

  /** Defines the class when the first such channel is made, or asked for. */
  static final class Subclass {
    static final MethodHandle NEW;
    static final MethodHandle CLOSE;
    static final MethodHandle SET_OPTION;
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
                .override("setOption", SocketChannel.class, SocketOption.class, Object.class)
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
                        Runnable.class,
                        BiFunction.class));
        CLOSE = ChannelSubclass.inherited(type, parent, "implCloseSelectableChannel");
        SET_OPTION =
            ChannelSubclass.inherited(
                type,
                parent,
                "setOption",
                MethodType.methodType(SocketChannel.class, SocketOption.class, Object.class));
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
