package dev.baton.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdLedger;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kit must notice what it is there to notice. */
class FaultyPosixTest {
  private final Posix real = Posix.system();

  @AfterEach
  void forget() {
    FdLedger.enable();
  }

  @Test
  void failsTheKthCallBeforeItIsMade() throws Exception {
    FaultyPosix faulty = new FaultyPosix(real, 2, Errno.ENFILE);
    Posix posix = faulty.posix();
    int first = posix.eventfd();
    SysException e = assertThrows(SysException.class, () -> posix.memfdCreate("x"));
    assertEquals("memfd_create failed: ENFILE (Too many open files in system)", e.getMessage());
    assertTrue(faulty.failed());
    posix.close(first);
    assertEquals(2, faulty.counted());
    assertEquals(List.of("eventfd", "memfdCreate", "close"), faulty.calls());
  }

  @Test
  void passesOnWhatTheKernelSays() {
    FaultyPosix faulty = new FaultyPosix(real, 0, Errno.EIO);
    assertEquals(
        Errno.EBADF, assertThrows(SysException.class, () -> faulty.posix().duplicate(-1)).errno());
    assertFalse(faulty.failed());
  }

  @Test
  void sparedCallsAreNeitherCountedNorFailed() throws Exception {
    FaultyPosix faulty = new FaultyPosix(real, 1, Errno.EIO).sparing("eventfd");
    faulty.posix().close(faulty.posix().eventfd());
    assertEquals(0, faulty.counted());
    assertThrows(SysException.class, () -> faulty.posix().epollCreate());
  }

  @Test
  void theMatrixFailsEveryCallOnce() {
    List<String> failed = new ArrayList<>();
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(
            real,
            Errno.EMFILE,
            posix -> {
              try (OwnedFd a = OwnedFd.of(posix, posix.eventfd(), "a");
                  OwnedFd b = a.duplicate("b")) {
                assertTrue(b.isOpen());
              } catch (SysException e) {
                failed.add(e.call());
                throw e;
              }
            });
    assertEquals(new FaultMatrix.Outcome(2, 2), outcome);
    assertEquals(List.of("eventfd", "fcntl"), failed);
  }

  @Test
  void theMatrixNoticesAnOwnerThatForgets() {
    OwnedFd[] forgotten = new OwnedFd[1];
    AssertionError e =
        assertThrows(
            AssertionError.class,
            () ->
                FaultMatrix.forEachCall(
                    real,
                    Errno.EMFILE,
                    posix -> {
                      OwnedFd fd = OwnedFd.of(posix, posix.eventfd(), "forgotten");
                      forgotten[0] = fd;
                      posix.setStatusFlags(fd.numberDoNotKeep(), Constants.O_NONBLOCK);
                      fd.close();
                    }));
    forgotten[0].close();
    assertTrue(e.getMessage().startsWith("call 2 failing, EMFILE left"), e.getMessage());
    assertTrue(e.getMessage().contains("open: forgotten"), e.getMessage());
    assertTrue(e.getMessage().contains("FaultyPosixTest"), "no creation site: " + e.getMessage());
  }

  @Test
  void theMatrixNoticesABareNumber() throws Exception {
    int[] number = new int[1];
    AssertionError e =
        assertThrows(
            AssertionError.class,
            () ->
                FaultMatrix.forEachCall(
                    real, Errno.EMFILE, posix -> number[0] = posix.memfdCreate("bare")));
    real.close(number[0]);
    assertTrue(e.getMessage().contains("1 x /memfd:bare"), e.getMessage());
  }

  @Test
  void theMatrixRefusesUncheckedExceptions() {
    AssertionError e =
        assertThrows(
            AssertionError.class,
            () ->
                FaultMatrix.forEachCall(
                    real,
                    Errno.EMFILE,
                    posix -> {
                      try {
                        posix.close(posix.eventfd());
                      } catch (SysException failure) {
                        throw new IllegalStateException(failure);
                      }
                    }));
    assertTrue(e.getMessage().startsWith("call 1 failing"), e.getMessage());
  }
}
