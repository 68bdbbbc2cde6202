package dev.baton.supervisor.store;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.DispatchPolicy;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.supervisor.config.ListenAddress;
import dev.baton.supervisor.config.ListenerConfig;
import dev.baton.supervisor.config.ListenerMode;
import dev.baton.supervisor.config.TcpAddress;
import dev.baton.supervisor.config.TcpOptions;
import dev.baton.supervisor.config.UdpAddress;
import dev.baton.supervisor.config.UdpOptions;
import dev.baton.supervisor.config.UnixAddress;
import dev.baton.supervisor.config.UnixOptions;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Configurations and clients for the tests of the store. */
final class Fixtures {
  static final Posix POSIX = Posix.system();
  static final int BACKLOG = 64;

  private Fixtures() {}

  static ListenerConfig tcp(String name, String host, int port) {
    return tcp(name, host, port, TcpOptions.DEFAULTS);
  }

  static ListenerConfig tcp(String name, String host, int port, TcpOptions options) {
    return new ListenerConfig(
        name,
        new TcpAddress(host, port),
        ListenerMode.SHARED,
        BACKLOG,
        DispatchPolicy.ROUND_ROBIN,
        options,
        UnixOptions.DEFAULTS,
        UdpOptions.DEFAULTS);
  }

  static ListenerConfig udp(String name, String host, int port) {
    return udp(name, host, port, ListenerMode.SHARED, UdpOptions.DEFAULTS);
  }

  static ListenerConfig udp(
      String name, String host, int port, ListenerMode mode, UdpOptions options) {
    return new ListenerConfig(
        name,
        new UdpAddress(host, port),
        mode,
        BACKLOG,
        DispatchPolicy.ROUND_ROBIN,
        TcpOptions.DEFAULTS,
        UnixOptions.DEFAULTS,
        options);
  }

  /** A listener with a socket for each slot. */
  static ListenerConfig reuseport(String name, ListenAddress address) {
    return at(name, address, ListenerMode.REUSEPORT);
  }

  static ListenerConfig at(String name, ListenAddress address, ListenerMode mode) {
    return new ListenerConfig(
        name,
        address,
        mode,
        BACKLOG,
        DispatchPolicy.ROUND_ROBIN,
        TcpOptions.DEFAULTS,
        UnixOptions.DEFAULTS,
        UdpOptions.DEFAULTS);
  }

  static ListenerConfig unix(String name, Path path) {
    return unix(name, path, UnixOptions.DEFAULTS);
  }

  static ListenerConfig unix(String name, Path path, UnixOptions options) {
    return new ListenerConfig(
        name,
        UnixAddress.of(path),
        ListenerMode.SHARED,
        BACKLOG,
        DispatchPolicy.ROUND_ROBIN,
        TcpOptions.DEFAULTS,
        options,
        UdpOptions.DEFAULTS);
  }

  static FileConfig file(String name, Path path, FileAccess access, boolean create) {
    return new FileConfig(name, path, access, create, 0640);
  }

  static FdStore open(ListenerConfig... listeners) throws StoreException {
    return FdStore.open(POSIX, List.of(listeners), List.of());
  }

  static String address(FdStore store, String name) {
    return store.listeners().stream()
        .filter(l -> l.name().equals(name))
        .findFirst()
        .orElseThrow()
        .address();
  }

  static int port(FdStore store, String name) {
    return URI.create(address(store, name)).getPort();
  }

  static SocketAddress client(FdStore store, String name) {
    String address = address(store, name);
    if (address.startsWith("unix:")) {
      return UnixDomainSocketAddress.of(address.substring("unix:".length()));
    }
    URI uri = URI.create(address);
    String host = uri.getHost().equals("[::]") ? "::1" : uri.getHost();
    return new InetSocketAddress(host, uri.getPort());
  }

  /** Connects and has the connection accepted through a lent copy: true, or an exception. */
  static boolean serves(FdStore store, String name) throws IOException {
    return serves(store, name, client(store, name));
  }

  static boolean serves(FdStore store, String name, SocketAddress at) throws IOException {
    try (SocketChannel client = SocketChannel.open(at);
        OwnedFd lent = store.lend(name)) {
      lent.use(n -> POSIX.poll(n, Constants.POLLIN, 5000));
      int accepted = lent.borrow(POSIX::accept4);
      if (accepted == Posix.WOULD_BLOCK) {
        throw new IOException("nothing to accept on " + at);
      }
      POSIX.close(accepted);
      return client.isConnected();
    }
  }

  /** What a test does around a call that is passed on to the kernel. */
  @FunctionalInterface
  interface Hook {
    void before(String method, Object[] arguments) throws Exception;

    /** What it does after the call. */
    default void after(String method) throws Exception {}
  }

  static Posix hooked(Hook hook) {
    return (Posix)
        Proxy.newProxyInstance(
            Posix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (self, method, arguments) -> {
              hook.before(method.getName(), arguments);
              try {
                Object result = method.invoke(POSIX, arguments);
                hook.after(method.getName());
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A kernel where one method does something else. */
  static Posix replaced(String replaced, Function<Object[], Object> instead) {
    return (Posix)
        Proxy.newProxyInstance(
            Posix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (self, method, arguments) -> {
              if (method.getName().equals(replaced)) {
                return instead.apply(arguments);
              }
              try {
                return method.invoke(POSIX, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A kernel where one method always fails. */
  static Posix failing(String method, Errno errno) {
    return hooked(
        (name, arguments) -> {
          if (name.equals(method)) {
            throw new SysException(name, errno.number());
          }
        });
  }
}
