package dev.baton.fd;

import java.util.concurrent.Callable;

/**
 * Lets a function of {@code java.util.function}, which declares nothing, throw what the method of
 * the JDK that asks it declares.
 */
final class Sneaky {
  private Sneaky() {}

  /** The result of a call; what it throws goes through as it is. */
  static <T> T get(Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw Sneaky.<RuntimeException>raise(e);
    }
  }

  /** Throws {@code e} as it is. The result is for the compiler: {@code throw Sneaky.raise(e)}. */
  @SuppressWarnings("unchecked")
  static <X extends Throwable> RuntimeException raise(Throwable e) throws X {
    throw (X) e;
  }
}
