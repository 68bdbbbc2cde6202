package dev.baton.fd;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * The members of {@code sun.nio.ch} that plain adoption uses, the same on JDK 17 to 25 but where it
 * says so. Loaded when the first channel is made; fails then, as a whole, where the package is not
 * open.
 */
final class JdkInternals {
  static final SelectorProvider PROVIDER;
  static final MethodHandle NEW_DESCRIPTOR;
  static final MethodHandle NEW_SOCKET_DESCRIPTOR;
  static final MethodHandle SERVER_SOCKET;
  static final MethodHandle SOCKET;
  static final MethodHandle ADDRESS_FAMILY;
  static final MethodHandle REMOTE_ADDRESS;
  static final MethodHandle UNIX_PEER;
  private static final MethodHandle OPEN_FILE;
  private static final boolean OPEN_FILE_HAS_SYNC;

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
      NEW_SOCKET_DESCRIPTOR = method("IOUtil", "newFD", int.class);
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

  private JdkInternals() {}

  /** A call of something above. */
  interface Call<T> {
    /** Makes it. */
    T run() throws Throwable;
  }

  /** Makes the call; what the JDK declares goes through. */
  static <T> T call(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  static FileDescriptor descriptor(int number) throws Throwable {
    return (FileDescriptor) NEW_DESCRIPTOR.invoke(number);
  }

  /** For what cannot be in append mode, which saves asking the kernel. */
  static FileDescriptor socketDescriptor(int number) throws Throwable {
    return (FileDescriptor) NEW_SOCKET_DESCRIPTOR.invokeExact(number);
  }

  static FileChannel openFile(FileDescriptor d, boolean readable, boolean writable)
      throws Throwable {
    return OPEN_FILE_HAS_SYNC
        ? (FileChannel)
            OPEN_FILE.invoke(d, (String) null, readable, writable, false, false, (Closeable) null)
        : (FileChannel)
            OPEN_FILE.invoke(d, (String) null, readable, writable, false, (Object) null);
  }

  static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName("sun.nio.ch." + name);
  }

  static MethodHandle method(String type, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    Method m = type(type).getDeclaredMethod(name, parameters);
    m.setAccessible(true);
    return MethodHandles.lookup().unreflect(m);
  }

  static MethodHandle constructor(String type, Class<?>... parameters)
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
