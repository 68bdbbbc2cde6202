package dev.baton.sys;

/**
 * How a child ended, from {@code waitpid(2)}.
 *
 * @param signal the signal that killed it, 0 when it exited by itself
 * @param code its exit code, 0 when a signal killed it
 * @param coreDumped whether a core file was written
 */
public record WaitStatus(int signal, int code, boolean coreDumped) {

  /** Decodes the word that the kernel gave (the W* macros of {@code waitpid(2)}). */
  static WaitStatus decode(int status) {
    int signal = status & 0x7f;
    return signal == 0
        ? new WaitStatus(0, (status >> 8) & 0xff, false)
        : new WaitStatus(signal, 0, (status & 0x80) != 0);
  }
}
