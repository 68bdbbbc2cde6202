package dev.baton.fd;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;

/**
 * Turns a descriptor into the JDK's own {@code java.nio} channel, so that every server library
 * takes it. The channel owns the number from then on and closes it once.
 *
 * <p>Uses internals of {@code sun.nio.ch} that are the same on JDK 17 to 25 and needs one flag,
 * {@code --add-opens=java.base/sun.nio.ch=ALL-UNNAMED}, which the supervisor gives every worker.
 *
 * <p>A {@code SocketChannel} that is registered with a selector shuts the connection down when it
 * is closed, for every holder; a {@code ServerSocketChannel} does not.
 */
public final class Adoption {
  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int UNIX = 3;

  private Adoption() {}

  /** A listening TCP or UNIX-domain socket. Consumes {@code fd}. */
  public static ServerSocketChannel serverSocket(OwnedFd fd) throws IOException {
    return adopt(
        fd,
        "a ServerSocketChannel",
        n ->
            (ServerSocketChannel)
                Internals.SERVER_SOCKET.invoke(Internals.PROVIDER, family(n), descriptor(n), true));
  }

  /** A connected TCP or UNIX-domain socket. Consumes {@code fd}. */
  public static SocketChannel socket(OwnedFd fd) throws IOException {
    return adopt(
        fd,
        "a SocketChannel",
        n -> {
          FileDescriptor d = descriptor(n);
          ProtocolFamily family = family(n);
          return (SocketChannel)
              Internals.SOCKET.invoke(Internals.PROVIDER, family, d, remote(n, family, d));
        });
  }

  /**
   * A file, which goes on to share the sender's open file description, the offset included (APUE
   * 17.4). Consumes {@code fd}.
   */
  public static FileChannel file(OwnedFd fd, boolean readable, boolean writable)
      throws IOException {
    return adopt(fd, "a FileChannel", n -> Internals.openFile(descriptor(n), readable, writable));
  }

  private interface Maker<T> {
    T make(int number) throws Throwable;
  }

  private static <T> T adopt(OwnedFd fd, String as, Maker<T> maker) throws IOException {
    try (fd) {
      T channel = fd.borrow(n -> call(() -> maker.make(n)));
      fd.release(as);
      return channel;
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      throw new IOException(
          "cannot adopt "
              + fd.label()
              + ": this JVM lacks --add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          e);
    }
  }

  private interface Call<T> {
    T run() throws Throwable;
  }

  private static <T> T call(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  private static FileDescriptor descriptor(int number) throws Throwable {
    return (FileDescriptor) Internals.NEW_DESCRIPTOR.invoke(number);
  }

  private static ProtocolFamily family(int number) throws Throwable {
    int family = (int) Internals.ADDRESS_FAMILY.invoke(number);
    switch (family) {
      case INET:
        return StandardProtocolFamily.INET;
      case INET6:
        return StandardProtocolFamily.INET6;
      case UNIX:
        return StandardProtocolFamily.UNIX;
      default:
        throw new IOException("not a socket of a known family");
    }
  }

  private static SocketAddress remote(int number, ProtocolFamily family, FileDescriptor d)
      throws Throwable {
    if (family != StandardProtocolFamily.UNIX) {
      return (InetSocketAddress) Internals.REMOTE_ADDRESS.invoke(d);
    }
    byte[] path = (byte[]) Internals.UNIX_PEER.invoke(number);
    int length = 0;
    while (path != null && length < path.length && path[length] != 0) {
      length++;
    }
    return UnixDomainSocketAddress.of(
        path == null ? "" : new String(path, 0, length, StandardCharsets.UTF_8));
  }

  /** The members of the JDK that are used; resolved when the first channel is made. */
  private static final class Internals {
    static final SelectorProvider PROVIDER;
    static final MethodHandle NEW_DESCRIPTOR;
    static final MethodHandle SERVER_SOCKET;
    static final MethodHandle SOCKET;
    static final MethodHandle OPEN_FILE;
    static final boolean OPEN_FILE_HAS_SYNC;
    static final MethodHandle ADDRESS_FAMILY;
    static final MethodHandle REMOTE_ADDRESS;
    static final MethodHandle UNIX_PEER;

    static {
      try {
        // The JDK's own provider, also where a property names another.
        PROVIDER = (SelectorProvider) method("DefaultSelectorProvider", "get").invoke();
        // The private constructor comes out accessible, so java.io need not be opened. IOUtil.newFD
        // would leave the append flag unset, and transferTo into an append file would fail on 25.
        NEW_DESCRIPTOR =
            MethodHandles.lookup()
                .unreflectConstructor(
                    (Constructor<?>)
                        method("Reflect", "lookupConstructor", String.class, Class[].class)
                            .invoke("java.io.FileDescriptor", new Class<?>[] {int.class}));
        SERVER_SOCKET =
            constructor(
                "ServerSocketChannelImpl",
                SelectorProvider.class,
                ProtocolFamily.class,
                FileDescriptor.class,
                boolean.class);
        SOCKET =
            constructor(
                "SocketChannelImpl",
                SelectorProvider.class,
                ProtocolFamily.class,
                FileDescriptor.class,
                SocketAddress.class);
        Method open = openMethod();
        OPEN_FILE_HAS_SYNC = open.getParameterCount() == 7;
        OPEN_FILE = MethodHandles.lookup().unreflect(open);
        ADDRESS_FAMILY = method("InheritedChannel", "addressFamily", int.class);
        REMOTE_ADDRESS = method("Net", "remoteAddress", FileDescriptor.class);
        UNIX_PEER = method("InheritedChannel", "unixPeerAddress0", int.class);
      } catch (Throwable e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    static FileChannel openFile(FileDescriptor d, boolean readable, boolean writable)
        throws Throwable {
      return OPEN_FILE_HAS_SYNC
          ? (FileChannel)
              OPEN_FILE.invoke(d, (String) null, readable, writable, false, false, (Closeable) null)
          : (FileChannel)
              OPEN_FILE.invoke(d, (String) null, readable, writable, false, (Object) null);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
      return Class.forName("sun.nio.ch." + name);
    }

    private static MethodHandle method(String type, String name, Class<?>... parameters)
        throws ReflectiveOperationException {
      Method m = type(type).getDeclaredMethod(name, parameters);
      m.setAccessible(true);
      return MethodHandles.lookup().unreflect(m);
    }

    private static MethodHandle constructor(String type, Class<?>... parameters)
        throws ReflectiveOperationException {
      Constructor<?> c = type(type).getDeclaredConstructor(parameters);
      c.setAccessible(true);
      return MethodHandles.lookup().unreflectConstructor(c);
    }

    /** JDK 25 has one parameter more than 17. */
    private static Method openMethod() throws ReflectiveOperationException {
      for (Method m : type("FileChannelImpl").getDeclaredMethods()) {
        if (m.getName().equals("open") && Modifier.isStatic(m.getModifiers())) {
          m.setAccessible(true);
          return m;
        }
      }
      throw new NoSuchMethodException("FileChannelImpl.open");
    }
  }
}
