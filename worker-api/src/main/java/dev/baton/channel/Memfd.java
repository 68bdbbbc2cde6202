package dev.baton.channel;

import static dev.baton.sys.Constants.F_SEAL_GROW;
import static dev.baton.sys.Constants.F_SEAL_SEAL;
import static dev.baton.sys.Constants.F_SEAL_SHRINK;
import static dev.baton.sys.Constants.F_SEAL_WRITE;
import static dev.baton.sys.Constants.SEEK_END;
import static dev.baton.sys.Constants.SEEK_SET;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ProtocolException;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Arrays;

/** Messages too large for a frame, in sealed memory files ({@code memfd_create(2)}). */
final class Memfd {
  private static final int SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

  private Memfd() {}

  /** Writes and seals; the caller owns the result. */
  static OwnedFd write(Posix posix, byte[] bytes) throws SysException {
    OwnedFd fd = OwnedFd.of(posix, posix.memfdCreate("baton-message"), "payload");
    try {
      int done = 0;
      while (done < bytes.length) {
        byte[] rest = done == 0 ? bytes : Arrays.copyOfRange(bytes, done, bytes.length);
        done += fd.<Integer, SysException>borrow(n -> posix.write(n, rest, rest.length));
      }
      fd.use(n -> posix.addSeals(n, SEALS));
      return fd;
    } catch (SysException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** Reads what a peer sealed. Borrows {@code fd}. */
  static byte[] read(Posix posix, OwnedFd fd) throws ProtocolException, SysException {
    requireSealed(posix, fd);
    long size = fd.<Long, SysException>borrow(n -> posix.lseek(n, 0, SEEK_END));
    if (size > Limits.MESSAGE_BYTES) {
      throw new ProtocolException(ErrorCode.TOO_LARGE, "a message of " + size + " bytes");
    }
    fd.<Long, SysException>borrow(n -> posix.lseek(n, 0, SEEK_SET));
    byte[] bytes = new byte[(int) size];
    int done = 0;
    while (done < bytes.length) {
      byte[] rest = new byte[bytes.length - done];
      int read = read(posix, fd, rest);
      if (read <= 0) {
        throw new ProtocolException(ErrorCode.BAD_MESSAGE, "a payload shorter than its size");
      }
      System.arraycopy(rest, 0, bytes, done, read);
      done += read;
    }
    return bytes;
  }

  /** A peer can open its memory file again without the right to read. */
  private static int read(Posix posix, OwnedFd fd, byte[] target) throws ProtocolException {
    try {
      return fd.<Integer, SysException>borrow(n -> posix.read(n, target));
    } catch (SysException e) {
      throw new ProtocolException(
          ErrorCode.DESCRIPTORS, "the payload cannot be read: " + e.getMessage());
    }
  }

  /** Unsealed memory could change, or shrink under the reader, while it is read. */
  private static void requireSealed(Posix posix, OwnedFd fd) throws ProtocolException {
    int seals;
    try {
      seals = fd.<Integer, SysException>borrow(posix::seals);
    } catch (SysException e) {
      throw new ProtocolException(ErrorCode.DESCRIPTORS, "the payload is no memory file");
    }
    if ((seals & SEALS) != SEALS) {
      throw new ProtocolException(ErrorCode.DESCRIPTORS, "the payload is not sealed");
    }
  }
}
