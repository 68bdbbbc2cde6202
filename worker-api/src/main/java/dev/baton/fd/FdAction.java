package dev.baton.fd;

/** One call with a lent descriptor number and no result. */
@FunctionalInterface
public interface FdAction<X extends Exception> {
  /** Makes the call. */
  void accept(int number) throws X;
}
