package dev.baton.supervisor.openserver.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What one user takes, it does not take from another. */
class SharesTest {
  private final Shares shares = new Shares(5, 3);

  @Test
  void clientsAreCountedForAllAndForEachUser() {
    for (int n = 0; n < 3; n++) {
      assertEquals(Optional.empty(), shares.full(1));
      shares.enter(1);
    }
    assertTrue(shares.full(1).orElseThrow().contains("3 connections"));
    Shares.Share other = shares.enter(2);
    shares.enter(2);
    assertTrue(shares.full(3).orElseThrow().contains("5 clients"));
    other.leave();
    assertEquals(Optional.empty(), shares.full(3));
    assertTrue(shares.full(1).isPresent());
  }

  @Test
  void requestsOfOneUserLeaveHalfForOthers() {
    Shares.Share one = shares.enter(1);
    Shares.Share two = shares.enter(2);
    Shares.Share three = shares.enter(3);
    int held = 0;
    while (one.hold()) {
      held++;
    }
    assertEquals(Shares.HELD / 2, held);
    while (two.hold()) {
      held++;
    }
    assertEquals(Shares.HELD, held);
    assertFalse(three.hold());
    one.release(1);
    assertTrue(three.hold());
  }

  @Test
  void memoryOfOneUserLeavesMostForOthers() {
    Shares.Share one = shares.enter(1);
    int most = Shares.BYTES / 8;
    assertTrue(one.grow(most));
    assertFalse(one.grow(1));
    assertTrue(shares.enter(2).grow(most));
    assertTrue(one.grow(-1));
    assertTrue(one.grow(1));
  }
}
