package dev.baton.fd;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.net.ProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * The JDK's own server channel, which tells of each connection that it accepts: whichever server
 * library accepts it, and however. All else is inherited.
 */
final class CountingServerSocket {
  private static final MethodHandle NEW;
  private static final MethodHandle ACCEPT;
  private static final MethodHandle BLOCKING_ACCEPT;

  static {
    try {
      Class<?> parent = JdkInternals.type("ServerSocketChannelImpl");
      Class<?> type =
          ChannelSubclass.of(
                  "BatonCountingServerSocketChannel",
                  parent,
                  SelectorProvider.class,
                  ProtocolFamily.class,
                  FileDescriptor.class,
                  boolean.class)
              .override("accept", SocketChannel.class)
              .override("blockingAccept", SocketChannel.class, long.class)
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
                      LongFunction.class));
      ACCEPT =
          ChannelSubclass.inherited(
              type, parent, "accept", MethodType.methodType(SocketChannel.class));
      BLOCKING_ACCEPT =
          ChannelSubclass.inherited(
              type,
              parent,
              "blockingAccept",
              MethodType.methodType(SocketChannel.class, long.class));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Runnable accepted;
  private ServerSocketChannel channel;

  private CountingServerSocket(Runnable accepted) {
    this.accepted = accepted;
  }

  /**
   * Makes a channel of a bound descriptor.
   *
   * @param accepted must not wait
   */
  static ServerSocketChannel open(FileDescriptor d, ProtocolFamily family, Runnable accepted)
      throws Throwable {
    CountingServerSocket counting = new CountingServerSocket(accepted);
    Supplier<SocketChannel> accept = counting::accept;
    LongFunction<SocketChannel> timed = counting::accept;
    counting.channel =
        (ServerSocketChannel)
            NEW.invokeExact(JdkInternals.PROVIDER, family, d, true, accept, timed);
    return counting.channel;
  }

  private SocketChannel accept() {
    try {
      return told((SocketChannel) ACCEPT.invokeExact((Object) channel));
    } catch (Throwable e) {
      throw Sneaky.<RuntimeException>raise(e);
    }
  }

  private SocketChannel accept(long nanos) {
    try {
      return told((SocketChannel) BLOCKING_ACCEPT.invokeExact((Object) channel, nanos));
    } catch (Throwable e) {
      throw Sneaky.<RuntimeException>raise(e);
    }
  }

  private SocketChannel told(SocketChannel connection) {
    if (connection != null) {
      accepted.run();
    }
    return connection;
  }
}
