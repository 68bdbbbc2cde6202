package dev.baton.sys;

import java.util.function.LongSupplier;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * What every call through jnr-ffi needs: the functions, memory, and errno told as {@link Posix}
 * says.
 */
abstract class JnrCalls implements Posix {
  final LibC c;
  final Runtime runtime;
  final Scratch scratch;

  JnrCalls(LibC c) {
    this.c = c;
    this.runtime = Runtime.getRuntime(c);
    this.scratch = new Scratch(runtime);
  }

  final Pointer memory(int size) {
    return Memory.allocateDirect(runtime, size, true);
  }

  final int errno() {
    return runtime.getLastError();
  }

  /** The result, with EINTR retried and every other error thrown. */
  final int check(String name, LongSupplier call) throws SysException {
    for (; ; ) {
      long result = call.getAsLong();
      if (result >= 0) {
        return (int) result;
      }
      int number = errno();
      if (number != Errno.EINTR.number()) {
        throw new SysException(name, number);
      }
    }
  }

  /** As {@link #check}, but {@link #WOULD_BLOCK} instead of EAGAIN. */
  final int mayBlock(String name, LongSupplier call) throws SysException {
    for (; ; ) {
      long result = call.getAsLong();
      if (result >= 0) {
        return (int) result;
      }
      if (retryOrBlock(name)) {
        return WOULD_BLOCK;
      }
    }
  }

  /** After a failed call: true when it would block, false to try again, else its exception. */
  final boolean retryOrBlock(String name) throws SysException {
    int number = errno();
    if (number == Errno.EAGAIN.number() || number == Errno.EINPROGRESS.number()) {
      return true;
    }
    if (number == Errno.EINTR.number()) {
      return false;
    }
    throw new SysException(name, number);
  }
}
