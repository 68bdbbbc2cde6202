package dev.baton.fd;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.nio.channels.spi.SelectorProvider;

/** The members of {@code sun.nio.ch} for datagram sockets; loaded when the first one is adopted. */
final class DatagramInternals {
  static final MethodHandle SOCKET_TYPE;
  static final MethodHandle NEW;
  static final Field FAMILY;

  static {
    try {
      SOCKET_TYPE = JdkInternals.method("InheritedChannel", "soType0", int.class);
      NEW =
          JdkInternals.constructor(
              "DatagramChannelImpl", SelectorProvider.class, FileDescriptor.class);
      FAMILY = JdkInternals.type("DatagramChannelImpl").getDeclaredField("family");
      FAMILY.setAccessible(true);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private DatagramInternals() {}
}
