package dev.baton.fd;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** The subclass of the JDK's server channel that asks a {@link FedAcceptor}. */
final class FedServerClass {
  private static final int POLLIN = 1;

  private static final MethodHandle NEW;
  private static final MethodHandle LOCAL_ADDRESS;
  private static final MethodHandle ACCEPT_LOCK;
  private static final MethodHandle BEGIN;
  private static final MethodHandle END;
  private static final MethodHandle PARK;
  private static final MethodHandle CLOSE;

  static {
    try {
      Class<?> parent = JdkInternals.type("ServerSocketChannelImpl");
      Class<?> type =
          ChannelSubclass.of(
                  "BatonServerSocketChannel",
                  parent,
                  SelectorProvider.class,
                  ProtocolFamily.class,
                  FileDescriptor.class,
                  boolean.class)
              .override("accept", SocketChannel.class)
              .override("blockingAccept", SocketChannel.class, long.class)
              .override("implCloseSelectableChannel", void.class)
              .override("setOption", ServerSocketChannel.class, SocketOption.class, Object.class)
              .override("getOption", Object.class, SocketOption.class)
              .define();
      NEW =
          ChannelSubclass.constructor(type)
              .asType(
                  MethodType.methodType(
                      ServerSocketChannel.class,
                      SelectorProvider.class,
                      ProtocolFamily.class,
                      FileDescriptor.class,
                      boolean.class,
                      Supplier.class,
                      LongFunction.class,
                      Runnable.class,
                      BiFunction.class,
                      Function.class));
      Lookup in = ChannelSubclass.lookup(parent);
      LOCAL_ADDRESS = in.findSetter(parent, "localAddress", SocketAddress.class);
      ACCEPT_LOCK = in.findGetter(parent, "acceptLock", ReentrantLock.class);
      BEGIN = bound(in, parent, "begin", boolean.class);
      END = bound(in, parent, "end", boolean.class, boolean.class);
      PARK = bound(in, JdkInternals.type("SelChImpl"), "park", int.class, long.class);
      CLOSE = ChannelSubclass.inherited(type, parent, "implCloseSelectableChannel");
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private FedServerClass() {}

  /** A method without a result, called on what is declared as {@code Object}. */
  private static MethodHandle bound(Lookup in, Class<?> of, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    MethodHandle found = in.findVirtual(of, name, MethodType.methodType(void.class, parameters));
    return found.asType(found.type().changeParameterType(0, Object.class));
  }

  /** Makes a channel over a number that is to be watched. */
  static ServerSocketChannel open(int number, SocketAddress local, FedAcceptor acceptor)
      throws Throwable {
    HookedSocket.prepare();
    Supplier<SocketChannel> accept = () -> Sneaky.get(acceptor::accept);
    LongFunction<SocketChannel> timed = nanos -> Sneaky.get(() -> acceptor.accept(nanos));
    Runnable close = () -> Sneaky.get(() -> closed(acceptor));
    BiFunction<SocketOption<?>, Object, Object> setter =
        (name, value) -> Sneaky.get(() -> acceptor.setOption(name, value));
    Function<SocketOption<?>, Object> getter = name -> Sneaky.get(() -> acceptor.getOption(name));
    ProtocolFamily family =
        local instanceof UnixDomainSocketAddress
            ? StandardProtocolFamily.UNIX
            : StandardProtocolFamily.INET6;
    ServerSocketChannel channel =
        (ServerSocketChannel)
            NEW.invokeExact(
                JdkInternals.PROVIDER,
                family,
                JdkInternals.descriptor(number),
                false,
                accept,
                timed,
                close,
                setter,
                getter);
    LOCAL_ADDRESS.invoke(channel, local);
    return channel;
  }

  static ReentrantLock acceptLock(ServerSocketChannel channel) throws IOException {
    return JdkInternals.call(() -> (ReentrantLock) ACCEPT_LOCK.invoke(channel));
  }

  private static Object closed(FedAcceptor acceptor) throws IOException {
    acceptor.close();
    return null;
  }

  /**
   * Waits until the channel's descriptor is readable, as the JDK's own accept does.
   *
   * @param nanos how long at most; 0 without an end
   * @throws java.nio.channels.ClosedChannelException when it is closed, by an interrupt too
   */
  static void awaitReadable(ServerSocketChannel channel, long nanos) throws IOException {
    JdkInternals.call(
        () -> {
          try {
            BEGIN.invokeExact((Object) channel, true);
            PARK.invokeExact((Object) channel, POLLIN, nanos);
          } finally {
            END.invokeExact((Object) channel, true, channel.isOpen());
          }
          return null;
        });
  }

  /** What the JDK's own class does at the close. */
  static void inheritedClose(ServerSocketChannel channel) throws IOException {
    JdkInternals.call(
        () -> {
          CLOSE.invokeExact((Object) channel);
          return null;
        });
  }
}
