package dev.baton.sys;

import java.io.IOException;

/** A failed system call: which one, and the error number it gave. */
public final class SysException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int number;

  /**
   * @param call the name of the system call, as in its man page
   * @param number errno, taken right after the call
   */
  public SysException(String call, int number) {
    super(call + " failed: " + Errno.describe(number));
    this.call = call;
    this.number = number;
  }

  /** The name of the system call. */
  public String call() {
    return call;
  }

  /** The error number by name. */
  public Errno errno() {
    return Errno.of(number);
  }

  /** The error number itself, also where {@link #errno()} is {@link Errno#UNKNOWN}. */
  public int number() {
    return number;
  }
}
