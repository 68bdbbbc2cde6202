package dev.baton.fd;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.net.DatagramSocket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** The subclass of the JDK's datagram channel that asks a {@link UnixDatagrams}. */
final class UnixDatagramClass {
  private static final int POLLIN = 1;

  private static final MethodHandle NEW;
  private static final MethodHandle BEGIN_READ;
  private static final MethodHandle END_READ;
  private static final MethodHandle BEGIN_WRITE;
  private static final MethodHandle END_WRITE;
  private static final MethodHandle PARK;
  private static final MethodHandle READ_LOCK;
  private static final MethodHandle WRITE_LOCK;

  static {
    try {
      Class<?> parent = JdkInternals.type("DatagramChannelImpl");
      Class<?> type =
          ChannelSubclass.of(
                  "BatonUnixDatagramChannel", parent, SelectorProvider.class, FileDescriptor.class)
              .override("receive", SocketAddress.class, ByteBuffer.class)
              .override("send", int.class, ByteBuffer.class, SocketAddress.class)
              .override("getLocalAddress", SocketAddress.class)
              .override("socket", DatagramSocket.class)
              .override("connect", DatagramChannel.class, SocketAddress.class)
              .define();
      NEW =
          ChannelSubclass.constructor(type)
              .asType(
                  MethodType.methodType(
                      DatagramChannel.class,
                      SelectorProvider.class,
                      FileDescriptor.class,
                      Function.class,
                      BiFunction.class,
                      Supplier.class,
                      Supplier.class,
                      Function.class));
      Lookup in = ChannelSubclass.lookup(parent);
      BEGIN_READ = begin(in, parent, "beginRead");
      END_READ = end(in, parent, "endRead");
      BEGIN_WRITE = begin(in, parent, "beginWrite");
      END_WRITE = end(in, parent, "endWrite");
      Class<?> selectable = JdkInternals.type("SelChImpl");
      PARK =
          in.findVirtual(selectable, "park", MethodType.methodType(void.class, int.class))
              .asType(MethodType.methodType(void.class, Object.class, int.class));
      READ_LOCK = in.findGetter(parent, "readLock", ReentrantLock.class);
      WRITE_LOCK = in.findGetter(parent, "writeLock", ReentrantLock.class);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private UnixDatagramClass() {}

  private static MethodHandle begin(Lookup in, Class<?> parent, String name)
      throws ReflectiveOperationException {
    return in.findVirtual(
            parent, name, MethodType.methodType(SocketAddress.class, boolean.class, boolean.class))
        .asType(MethodType.methodType(void.class, Object.class, boolean.class, boolean.class));
  }

  private static MethodHandle end(Lookup in, Class<?> parent, String name)
      throws ReflectiveOperationException {
    return in.findVirtual(
            parent, name, MethodType.methodType(void.class, boolean.class, boolean.class))
        .asType(MethodType.methodType(void.class, Object.class, boolean.class, boolean.class));
  }

  static DatagramChannel open(FileDescriptor d, UnixDatagrams behaviour) throws Throwable {
    Function<ByteBuffer, SocketAddress> receive =
        target -> Sneaky.get(() -> behaviour.receive(target));
    BiFunction<ByteBuffer, SocketAddress, Integer> send =
        (source, to) -> Sneaky.get(() -> behaviour.send(source, to));
    Supplier<SocketAddress> local = () -> Sneaky.get(behaviour::local);
    Supplier<Object> noSocket = UnixDatagramClass::unsupported;
    Function<Object, Object> noConnect = to -> unsupported();
    return (DatagramChannel)
        NEW.invokeExact(JdkInternals.PROVIDER, d, receive, send, local, noSocket, noConnect);
  }

  private static Object unsupported() {
    throw new UnsupportedOperationException("not on a datagram socket of AF_UNIX");
  }

  /** What a close of a non-blocking channel waits for. */
  static ReentrantLock readLock(DatagramChannel channel) throws Throwable {
    return (ReentrantLock) READ_LOCK.invoke(channel);
  }

  /** As {@link #readLock}, for sending. */
  static ReentrantLock writeLock(DatagramChannel channel) throws Throwable {
    return (ReentrantLock) WRITE_LOCK.invoke(channel);
  }

  /** A stretch that reads: the number stays valid in it, and a close or interrupt ends a wait. */
  static int reading(DatagramChannel channel, Callable<Integer> read) throws IOException {
    return stretch(BEGIN_READ, END_READ, channel, read);
  }

  /** A stretch that writes. */
  static int writing(DatagramChannel channel, Callable<Integer> write) throws IOException {
    return stretch(BEGIN_WRITE, END_WRITE, channel, write);
  }

  private static int stretch(
      MethodHandle begin, MethodHandle end, DatagramChannel channel, Callable<Integer> body)
      throws IOException {
    return JdkInternals.call(
        () -> {
          boolean blocking = channel.isBlocking();
          int n = -1;
          try {
            begin.invokeExact((Object) channel, blocking, false);
            n = body.call();
          } finally {
            end.invokeExact((Object) channel, blocking, n >= 0);
          }
          return n;
        });
  }

  static void awaitReadable(DatagramChannel channel) throws IOException {
    JdkInternals.call(
        () -> {
          PARK.invokeExact((Object) channel, POLLIN);
          return null;
        });
  }
}
