package dev.baton.supervisor.session;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.charset.StandardCharsets;

/** Large messages in sealed memory files, as a worker sends them. */
final class Payloads {
  private static final Posix POSIX = Posix.system();
  private static final int SEALS =
      Constants.F_SEAL_SEAL
          | Constants.F_SEAL_SHRINK
          | Constants.F_SEAL_GROW
          | Constants.F_SEAL_WRITE;

  private Payloads() {}

  static OwnedFd sealed(String json) throws SysException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    OwnedFd fd = OwnedFd.of(POSIX, POSIX.memfdCreate("payload"), "payload");
    int written = fd.borrow(n -> POSIX.write(n, bytes, bytes.length));
    if (written != bytes.length) {
      throw new AssertionError("wrote " + written + " of " + bytes.length + " bytes");
    }
    fd.use(n -> POSIX.addSeals(n, SEALS));
    return fd;
  }
}
