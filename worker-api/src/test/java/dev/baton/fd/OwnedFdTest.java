package dev.baton.fd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultyPosix;
import dev.baton.testkit.FdLeakCheck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(FdLeakCheck.class)
@SuppressWarnings("try") // closing early is part of what is tested
class OwnedFdTest {
  private final Posix posix = Posix.system();

  private OwnedFd event(String label) throws SysException {
    return OwnedFd.of(posix, posix.eventfd(), label);
  }

  @Test
  void aSecondCloseNeverHitsTheNewcomer() throws Exception {
    OwnedFd first = event("first");
    int number = first.numberDoNotKeep();
    first.close();
    try (OwnedFd newcomer = event("newcomer")) {
      assertEquals(number, newcomer.numberDoNotKeep(), "numbers are used again");
      first.close();
      assertEquals(8, newcomer.<Integer, SysException>borrow(n -> posix.write(n, new byte[8], 8)));
    }
  }

  @Test
  void closesExactlyOnce() throws Exception {
    FaultyPosix counting = new FaultyPosix(posix, 0, Errno.EIO);
    OwnedFd fd = OwnedFd.of(counting.posix(), counting.posix().eventfd(), "event");
    OwnedFd taken = fd.take("taken");
    fd.close();
    assertEquals(List.of("eventfd"), counting.calls());
    taken.close();
    taken.close();
    assertEquals(List.of("eventfd", "close"), counting.calls());
  }

  @Test
  void takingMovesOwnershipAndTellsLateUsersWhereItWent() throws Exception {
    OwnedFd fd = event("received");
    try (OwnedFd taken = fd.take("listener:web")) {
      assertFalse(fd.isOpen());
      assertTrue(taken.isOpen());
      assertEquals("listener:web", taken.label());
      String message = "received was taken as listener:web";
      assertEquals(message, fails(() -> fd.take("again")));
      assertEquals(message, fails(() -> fd.borrow(n -> n)));
      assertEquals(message, fails(() -> fd.use(n -> {})));
      assertEquals(message, fails(() -> fd.duplicate("copy")));
      assertEquals("received (taken as listener:web)", fd.toString());
      assertEquals("listener:web (fd " + taken.numberDoNotKeep() + ")", taken.toString());
    }
  }

  private static String fails(Executable use) {
    return assertThrows(IllegalStateException.class, use).getMessage();
  }

  @Test
  void useAfterCloseSaysSo() throws Exception {
    OwnedFd fd = event("counter");
    fd.close();
    assertEquals("counter was closed", fails(() -> fd.borrow(n -> n)));
    assertEquals("counter was closed", fails(() -> fd.take("x")));
    assertEquals(-1, fd.numberDoNotKeep());
  }

  @Test
  void aDuplicateIsOwnedByItself() throws Exception {
    try (OwnedFd fd = event("one");
        OwnedFd copy = fd.duplicate("two")) {
      assertNotEquals(fd.numberDoNotKeep(), copy.numberDoNotKeep());
      fd.close();
      assertEquals(8, copy.<Integer, SysException>borrow(n -> posix.write(n, new byte[8], 8)));
    }
  }

  @Test
  void noNumberNoOwner() {
    assertThrows(IllegalArgumentException.class, () -> OwnedFd.of(posix, -1, "none"));
  }

  @Test
  void anEmptyOneCanBeUsedAgainAndAnotherCannot() throws Exception {
    OwnedFd fd = OwnedFd.of(posix, posix.eventfd(), "first");
    int second = posix.eventfd();
    assertThrows(IllegalStateException.class, () -> fd.renew(second));
    fd.close();
    fd.renew(second);
    assertEquals(second, fd.numberDoNotKeep());
    assertTrue(fd.isOpen());
    fd.close();
    assertThrows(SysException.class, () -> posix.close(second));
    assertThrows(IllegalArgumentException.class, () -> fd.renew(-1));
  }

  @Test
  void theLedgerNamesWhatIsOpenAndWhereItCameFrom() throws Exception {
    assertEquals(List.of(), FdLedger.report());
    OwnedFd fd = event("leaky");
    String line = String.join("", FdLedger.report());
    assertTrue(line.startsWith("open: leaky\n"), line);
    assertTrue(line.contains("\n    at "), line);
    fd.close();
    assertEquals(List.of(), FdLedger.report());
  }

  @Test
  void theLedgerTellsOfANumberThatAnotherHasClosed() throws Exception {
    OwnedFd fd = event("stolen");
    posix.close(fd.numberDoNotKeep());
    fd.close();
    assertEquals(List.of("stolen: close failed: EBADF (Bad file descriptor)"), FdLedger.report());
    FdLedger.enable();
  }

  @Test
  void theLedgerTellsOfALostOwner() throws Exception {
    int number = lose();
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (FdLedger.report().stream().noneMatch(line -> line.startsWith("lost without close"))) {
      assertTrue(System.nanoTime() - deadline < 0, "not noticed: " + FdLedger.report());
      System.gc();
      Thread.onSpinWait();
    }
    assertTrue(FdLedger.report().get(0).contains("lost without close: forgotten"));
    posix.close(number);
    FdLedger.enable();
  }

  private int lose() throws SysException {
    return event("forgotten").numberDoNotKeep();
  }

  @Test
  void aBagClosesWhatWasNotTaken() throws Exception {
    OwnedFd taken;
    OwnedFd left;
    try (FdBag bag = new FdBag()) {
      bag.add(event("a"));
      left = bag.add(event("b"));
      taken = bag.take(0, "mine");
      assertEquals(2, bag.size());
      assertEquals("a was taken as mine", fails(() -> bag.take(0)));
    }
    assertFalse(left.isOpen());
    assertTrue(taken.isOpen());
    taken.close();
  }
}
