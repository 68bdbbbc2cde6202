package dev.baton.supervisor.session;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Greetings that offer some descriptors. */
final class Greetings {
  private Greetings() {}

  static ToWorker.Welcome welcome() {
    return new ToWorker.Welcome(
        "test/0#1", 3, "1.0", "/run/adopt.sock", "secret", 5000, 10_000, "x.Plugin", Map.of());
  }

  /** Offers held files {@code f0}, {@code f1}, ...: memory files, so that a lost one is noticed. */
  static Greeting of(Posix posix, int count) throws SysException {
    FdBag fds = new FdBag();
    List<Descriptor> offered = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        try (OwnedFd held = OwnedFd.of(posix, posix.memfdCreate("held"), "held")) {
          fds.add(held.duplicate("lent"));
        }
        offered.add(Descriptor.file("f" + i, "read"));
      }
      return new Greeting("test/0#1", 3, offered, fds);
    } catch (SysException e) {
      fds.close();
      throw e;
    }
  }
}
