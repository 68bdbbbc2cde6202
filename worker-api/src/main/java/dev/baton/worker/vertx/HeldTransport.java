package dev.baton.worker.vertx;

import dev.baton.worker.netty.HeldListeners;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Vert.x's NIO transport with other server channels. */
final class HeldTransport implements io.vertx.core.transport.Transport {
  private final Transport implementation;

  HeldTransport(HeldListeners listeners) {
    Transport nio = NIO.implementation();
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          if (method.getName().equals("serverChannelFactory")) {
            return (boolean) arguments[0] ? listeners.unix() : listeners.tcp();
          }
          try {
            return method.invoke(nio, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    // A proxy, since other methods of the interface changed between Vert.x 5.0 and 5.2.
    implementation =
        (Transport)
            Proxy.newProxyInstance(
                HeldTransport.class.getClassLoader(), new Class<?>[] {Transport.class}, calls);
  }

  @Override
  public String name() {
    return "baton-nio";
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public Throwable unavailabilityCause() {
    return null;
  }

  @Override
  public Transport implementation() {
    return implementation;
  }
}
