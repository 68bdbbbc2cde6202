package dev.baton.supervisor;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Signals of the process, on a thread of the JVM. {@code sun.misc.Signal} is the only way that the
 * JDK offers; by reflection, since the compiler warns of it and cannot be told not to.
 */
final class Signals {
  private Signals() {}

  /**
   * Calls {@code handler} with the name for every one of the named signals, instead of what the JVM
   * does.
   *
   * @throws IllegalStateException when this JVM does not have the class
   */
  static void handle(Consumer<String> handler, String... names) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler call =
          (proxy, method, args) -> {
            switch (method.getName()) {
              case "handle":
                handler.accept((String) signal.getMethod("getName").invoke(args[0]));
                return null;
              case "hashCode":
                return System.identityHashCode(proxy);
              case "equals":
                return proxy == args[0];
              default:
                return "signal handler of Baton";
            }
          };
      Object adapter =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {signalHandler}, call);
      for (String name : names) {
        signal
            .getMethod("handle", signal, signalHandler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), adapter);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM cannot handle signals", e);
    }
  }
}
