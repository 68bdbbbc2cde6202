package dev.baton.supervisor.upgrade;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.state.Handover;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A handover in a memfd ({@code memfd_create(2)}), which nobody can change once it is written. */
final class Memory {
  private static final int LARGEST = 16 << 20;
  private static final int SEALS =
      Constants.F_SEAL_SEAL
          | Constants.F_SEAL_SHRINK
          | Constants.F_SEAL_GROW
          | Constants.F_SEAL_WRITE;

  private Memory() {}

  /** Writes and seals one, for the caller to close. */
  static OwnedFd write(Posix posix, Handover handover) throws IOException {
    byte[] text = handover.text();
    OwnedFd fd = OwnedFd.of(posix, posix.memfdCreate("baton-handover"), "handover");
    try {
      int written = fd.<Integer, SysException>borrow(n -> posix.write(n, text, text.length));
      if (written != text.length) {
        throw new IOException("only " + written + " of " + text.length + " bytes were written");
      }
      fd.use(n -> posix.addSeals(n, SEALS));
      return fd;
    } catch (IOException | RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Reads one.
   *
   * @throws IOException for the operator
   */
  static Handover read(OwnedFd memory) throws IOException {
    Path file = memory.<Path, IOException>borrow(n -> Path.of("/proc/self/fd", String.valueOf(n)));
    if (Files.size(file) > LARGEST) {
      throw new IOException("the handover is too long: " + Files.size(file) + " bytes");
    }
    return Handover.parse(Files.readAllBytes(file));
  }
}
