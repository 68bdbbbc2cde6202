package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ToWorker;
import dev.baton.protocol.Version;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The adoption socket of a supervisor that a test plays, whenever it wants to be there. */
final class NextSupervisor implements AutoCloseable {
  static final long LONG_MILLIS = 60_000;

  private static final Posix POSIX = Posix.system();

  private final String path;
  private final OwnedFd socket;

  NextSupervisor(Path folder) throws SysException {
    path = folder.resolve("a.sock").toString();
    socket =
        OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0), "adoption");
    socket.use(n -> POSIX.bind(n, SockAddr.unix(path)));
  }

  String path() {
    return path;
  }

  /** Is there from now on. */
  void listen() throws SysException {
    socket.use(n -> POSIX.listen(n, 8));
  }

  /** The next that wants to be adopted. */
  SupervisorEnd accept(InProcess worker) throws Exception {
    int there =
        socket.<Integer, IOException>borrow(
            n -> POSIX.poll(n, Constants.POLLIN, (int) SupervisorEnd.MILLIS));
    if (there == 0) {
      throw new AssertionError("nobody came\n" + worker.log());
    }
    int number = socket.<Integer, SysException>borrow(POSIX::accept4);
    return new SupervisorEnd(OwnedFd.of(POSIX, number, "rejoined"), worker::log);
  }

  ToWorker.Welcome welcome(long orphanMillis) {
    return new ToWorker.Welcome(
        "web/1#7",
        3,
        Version.CURRENT.toString(),
        path,
        "secret",
        1000,
        LONG_MILLIS,
        Scripted.class.getName(),
        Map.of(),
        orphanMillis);
  }

  static ToWorker.Adopted adopted() {
    return new ToWorker.Adopted("web/1#7", 3);
  }

  @Override
  public void close() {
    socket.close();
  }
}
