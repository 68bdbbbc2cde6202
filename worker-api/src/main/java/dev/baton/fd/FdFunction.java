package dev.baton.fd;

/** One call with a lent descriptor number, which must not be kept. */
@FunctionalInterface
public interface FdFunction<T, X extends Exception> {
  /** Makes the call. */
  T apply(int number) throws X;
}
