package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What clients do not get. */
@ExtendWith(FdLeakCheck.class)
class ReserveTest {
  private static final Posix POSIX = Posix.system();

  private static OwnedFd any() throws SysException {
    return OwnedFd.of(POSIX, POSIX.eventfd(), "filler");
  }

  @Test
  void beginsAtItsNumberAndEndsWhenLowerOnesAreFree() throws Exception {
    try (FdBag fillers = new FdBag()) {
      OwnedFd last = fillers.add(any());
      Reserve reserve = Reserve.above(POSIX, last.numberDoNotKeep());
      assertFalse(reserve.begunBy(last.numberDoNotKeep() - 1));
      assertTrue(reserve.begunBy(last.numberDoNotKeep()));
      assertTrue(reserve.stillBegun());
      last.close();
      assertTrue(reserve.stillBegun()); // the probe has that very number
      assertFalse(Reserve.above(POSIX, last() + 1).stillBegun());
    }
  }

  private static int last() throws SysException {
    try (OwnedFd next = any()) {
      return next.numberDoNotKeep();
    }
  }

  @Test
  void thisProcessHasOneThatIsFarAway() {
    assertFalse(Reserve.ofThisProcess(POSIX).begunBy(100));
    assertTrue(Reserve.ofThisProcess(POSIX).begunBy(Integer.MAX_VALUE));
  }
}
