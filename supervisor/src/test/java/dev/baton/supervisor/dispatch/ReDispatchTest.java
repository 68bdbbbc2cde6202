package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.supervisor.core.dispatch.DispatchSettings;
import dev.baton.testkit.FdLeakCheck;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Deaths, recalls, lies, and clients that have gone. */
@ExtendWith(FdLeakCheck.class)
@Timeout(60)
class ReDispatchTest {
  private static final long RECALL = TimeUnit.MILLISECONDS.toNanos(40);

  private static DispatchWorld.Choice recalling() {
    return recalling(RECALL);
  }

  private static DispatchWorld.Choice recalling(long timeout) {
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.settings =
        new DispatchSettings(
            RECALL, timeout, DispatchWorld.SHORT, DispatchWorld.SHORT, DispatchWorld.WAIT_LIMIT);
    return choice;
  }

  @Test
  void whatADeadWorkerHadNotTouchedIsServedByAnother() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker dead = world.worker(0);
      Socket quiet = world.connect();
      Socket talking = world.connect();
      talking.getOutputStream().write("request".getBytes(StandardCharsets.UTF_8));
      long first = dead.next().number();
      dead.next();
      FakeWorker heir = world.worker(1);
      dead.die();
      assertTrue(heir.poll().isEmpty(), "moved before the worker was reaped");
      dead.reaped();
      FakeWorker.Handed one = heir.next();
      FakeWorker.Handed two = heir.next();
      assertEquals(first, one.number());
      one.write("1");
      assertEquals("request", two.read(100));
      two.write("2");
      assertEquals('1', quiet.getInputStream().read());
      assertEquals('2', talking.getInputStream().read());
      DispatchFigures.Listener l =
          world.await("two again", f -> f.connections().redispatched() == 2);
      assertEquals(2, l.connections().accepted());
    }
  }

  @Test
  void whatADeadWorkerHadTouchedIsClosed() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker dead = world.worker(0);
      Socket greeted = world.connect();
      Socket read = world.connect();
      read.getOutputStream().write("request".getBytes(StandardCharsets.UTF_8));
      dead.next().write("g");
      assertEquals("req", dead.next().read(3));
      dead.die();
      dead.reaped();
      assertEquals('g', greeted.getInputStream().read());
      assertEquals(-1, greeted.getInputStream().read());
      world.await("touched", f -> f.connections().closedTouched() == 2);
      FakeWorker heir = world.worker(1);
      world.connect();
      heir.next();
      assertTrue(heir.poll().isEmpty());
      assertEquals(0, world.await("none", f -> true).connections().redispatched());
    }
  }

  @Test
  void claimedOnesEndWithTheirWorker() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker dead = world.worker(0);
      Socket client = world.connect();
      dead.claim(dead.next().number());
      dead.die();
      dead.reaped();
      assertEquals(-1, client.getInputStream().read());
      world.await("ended", f -> f.connections().ended() == 1);
    }
  }

  @Test
  void whoHasGoneMeanwhileIsCountedAndHandedToNobody() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      Socket gone = world.connect();
      Socket waits = world.connect();
      world.await("waiting", f -> f.connections().waiting() == 2);
      world.awaitAsked("demand");
      DispatchWorld.reset(gone);
      FakeWorker worker = world.worker(0);
      worker.next().write("w");
      assertEquals('w', waits.getInputStream().read());
      world.await("vanished", f -> f.connections().vanished() == 1);
      assertTrue(worker.poll().isEmpty());
    }
  }

  @Test
  void aClientThatIsDoneSendingHasNotGone() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      Socket client = world.connect();
      client.getOutputStream().write('q');
      client.shutdownOutput();
      world.await("waiting", f -> f.connections().waiting() == 1);
      FakeWorker worker = world.worker(0);
      FakeWorker.Handed handed = worker.next();
      worker.die();
      worker.reaped();
      FakeWorker heir = world.worker(1);
      FakeWorker.Handed again = heir.next();
      assertEquals(handed.number(), again.number());
      assertEquals("q", again.read(10));
      again.write("a");
      assertEquals('a', client.getInputStream().read());
    }
  }

  @Test
  void withoutAWorkerTheyWaitAndOneIsDemandedNowAndThen() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      assertNull(world.asked.poll(50, TimeUnit.MILLISECONDS));
      Socket client = world.connect();
      world.awaitAsked("demand");
      long first = System.nanoTime();
      world.awaitAsked("demand");
      assertTrue(System.nanoTime() - first > TimeUnit.MILLISECONDS.toNanos(100), "too often");
      FakeWorker worker = world.starting(0, 0);
      assertNull(world.asked.poll(700, TimeUnit.MILLISECONDS));
      world.dispatcher.draining(worker.id);
      world.awaitAsked("demand");
      world.worker(1).next().write("x");
      assertEquals('x', client.getInputStream().read());
    }
  }

  @Test
  void aSlowWorkerIsAskedAndKeepsItsLife() throws Exception {
    try (DispatchWorld world = new DispatchWorld(recalling(DispatchWorld.LONG))) {
      FakeWorker slow = world.worker(0);
      world.connect();
      FakeWorker.Handed handed = slow.next();
      world.awaitAsked("recall pool/0#1 [" + handed.number() + "]");
      handed.fd().close();
      FakeWorker other = world.worker(1);
      slow.refuse(handed.number());
      FakeWorker.Handed again = other.next();
      assertEquals(handed.number(), again.number());
      other.claim(again.number());
      DispatchFigures figures =
          world.awaitFigures(
              "claimed",
              f -> f.workers().containsKey(other.id) && f.workers().get(other.id).open() == 1);
      assertEquals(1, figures.workers().get(slow.id).refused());
    }
  }

  @Test
  void aWedgedWorkerIsKilledFirst() throws Exception {
    try (DispatchWorld world = new DispatchWorld(recalling())) {
      FakeWorker wedged = world.worker(0);
      Socket client = world.connect();
      wedged.next();
      FakeWorker other = world.worker(1);
      world.awaitAsked("recall pool/0#1");
      world.awaitAsked("fault pool/0#1 neither claimed nor refused a recalled connection in time");
      assertTrue(other.poll().isEmpty(), "moved from a worker that may live");
      wedged.die();
      wedged.reaped();
      FakeWorker.Handed handed = other.next();
      other.claim(handed.number());
      handed.write("o");
      assertEquals('o', client.getInputStream().read());
    }
  }

  @Test
  void aStallOfTheLoopIsNobodysFault() throws Exception {
    try (DispatchWorld world = new DispatchWorld(recalling())) {
      world.stalled = true;
      FakeWorker worker = world.worker(0);
      world.connect();
      FakeWorker.Handed handed = worker.next();
      long ticket = world.tickets.take();
      assertNull(
          world.asked.poll(200, TimeUnit.MILLISECONDS), "decided before the channel is read");
      worker.claim(handed.number()); // as read by the loop when it goes on
      world.dispatcher.caughtUp(ticket);
      assertNull(world.asked.poll(200, TimeUnit.MILLISECONDS));
      world.connect();
      FakeWorker.Handed second = worker.next();
      world.dispatcher.caughtUp(world.tickets.take());
      world.awaitAsked("recall pool/0#1 [" + second.number() + "]");
      long sent = world.tickets.take();
      assertNull(world.asked.poll(200, TimeUnit.MILLISECONDS), "the recall was not sent yet");
      world.dispatcher.caughtUp(sent);
      long due = world.tickets.take();
      world.stalled = false;
      worker.refuse(second.number());
      world.dispatcher.caughtUp(due);
      assertEquals(second.number(), worker.next().number());
      assertTrue(
          world.asked.stream().noneMatch(a -> a.startsWith("fault")),
          () -> "asked: " + world.asked);
    }
  }

  @Test
  void aWorkerThatClaimsWhatItWasNotSent() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker liar = world.worker(0);
      Socket client = world.connect();
      FakeWorker.Handed handed = liar.next();
      liar.claim(handed.number() + 1_000_000);
      world.awaitAsked("fault pool/0#1 claimed a connection that it does not have");
      FakeWorker other = world.worker(1);
      liar.die();
      liar.reaped();
      other.next().write("o");
      assertEquals('o', client.getInputStream().read());
    }
  }

  @Test
  void aWorkerThatClaimsTwice() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker liar = world.worker(0);
      world.connect();
      FakeWorker.Handed handed = liar.next();
      liar.claim(handed.number(), handed.number());
      world.awaitAsked("fault pool/0#1 claimed a connection twice");
      liar.claim(handed.number());
      assertNull(world.asked.poll(50, TimeUnit.MILLISECONDS), "a fault comes once");
    }
  }
}
