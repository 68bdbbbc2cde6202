package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.EndOfChannel;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToSupervisor.Rejoin;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whom a worker follows, before it says anything. */
@ExtendWith(FdLeakCheck.class)
class AdopterTest {
  private static final Posix POSIX = Posix.system();
  private static final int SUPERVISOR = 1000;

  @TempDir Path folder;

  /** Counts how often the secret and the descriptors were asked for. */
  private static final class Asked implements Adopter.Words {
    int times;

    @Override
    public Rejoin rejoin(List<Descriptor> fds) {
      times++;
      return new Rejoin("1.0", "web/1#7", 3, "secret", false, List.of(), Map.of(), fds);
    }

    @Override
    public void adopted(ToWorker.Adopted answer) {}

    Adopter.Brought nothing() {
      times++;
      return new Adopter.Brought(List.of(), List.of());
    }
  }

  /** What the kernel says of who listens. */
  private static Posix peer(int uid) {
    return (Posix)
        Proxy.newProxyInstance(
            Posix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (proxy, method, args) -> {
              if (method.getName().equals("peerCredentials")) {
                return new PeerCredentials(1, uid, uid);
              }
              try {
                return method.invoke(POSIX, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private String path() {
    return folder.resolve("a.sock").toString();
  }

  private OwnedFd listening() throws SysException {
    OwnedFd fd =
        OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, Constants.SOCK_SEQPACKET, 0), "adoption");
    fd.use(n -> POSIX.bind(n, SockAddr.unix(path())));
    fd.use(n -> POSIX.listen(n, 8));
    return fd;
  }

  /** Who listens closes what came, without an answer. */
  private Optional<Adopter.Outcome> attempt(int uid, Asked asked) {
    return new Adopter(peer(uid), path(), SUPERVISOR).attempt(asked::nothing, asked);
  }

  @Test
  void aStrangerIsToldNothing() throws Exception {
    Asked asked = new Asked();
    try (OwnedFd listener = listening()) {
      String refusal = attempt(SUPERVISOR + 1, asked).orElseThrow().refusal();
      assertTrue(refusal.endsWith("runs as uid 1001"), refusal);
      assertEquals(0, asked.times);
      int number = listener.<Integer, SysException>borrow(POSIX::accept4);
      try (SupervisorEnd end =
          new SupervisorEnd(OwnedFd.of(POSIX, number, "accepted"), () -> refusal)) {
        assertTrue(end.hasMessage()); // its end
        assertThrows(EndOfChannel.class, () -> end.expect(Rejoin.class));
      }
    }
  }

  @Test
  void theSupervisorsUserAndRootAreFollowed() throws Exception {
    for (int uid : new int[] {SUPERVISOR, 0}) {
      Asked asked = new Asked();
      OwnedFd listener = listening();
      Thread closer =
          new Thread(
              () -> {
                try (listener) {
                  int number = listener.<Integer, SysException>borrow(POSIX::accept4);
                  try (SupervisorEnd end =
                      new SupervisorEnd(OwnedFd.of(POSIX, number, "accepted"), () -> "")) {
                    end.expect(Rejoin.class);
                  }
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      closer.start();
      String refusal = attempt(uid, asked).orElseThrow().refusal();
      closer.join();
      assertEquals("it closed the connection", refusal);
      assertEquals(2, asked.times);
      Files.delete(Path.of(path()));
    }
  }

  @Test
  void nobodyIsThereYet() throws Exception {
    Asked asked = new Asked();
    assertTrue(attempt(SUPERVISOR, asked).isEmpty()); // ENOENT
    listening().close();
    assertTrue(attempt(SUPERVISOR, asked).isEmpty()); // ECONNREFUSED
    assertEquals(0, asked.times);
  }
}
