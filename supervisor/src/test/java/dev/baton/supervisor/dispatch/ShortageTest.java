package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FaultMatrix;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the system is out of slows the dispatcher down and loses nobody. */
@ExtendWith(FdLeakCheck.class)
@Timeout(120)
class ShortageTest {
  /** A kernel whose method fails the first so many times. */
  private static Posix failing(String method, int number, AtomicInteger times) {
    Posix real = Posix.system();
    return (Posix)
        Proxy.newProxyInstance(
            Posix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (self, m, arguments) -> {
              if (m.getName().equals(method) && times.getAndDecrement() > 0) {
                throw new SysException(method, number);
              }
              try {
                return m.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static DispatchWorld world(String method, int number, AtomicInteger times)
      throws SysException {
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.posix = failing(method, number, times);
    return new DispatchWorld(choice);
  }

  @ParameterizedTest
  @EnumSource(names = {"EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"})
  void accepting(Errno errno) throws Exception {
    AtomicInteger times = new AtomicInteger(3);
    try (DispatchWorld world = world("accept4", errno.number(), times)) {
      FakeWorker worker = world.worker(0);
      Socket client = world.connect();
      String text = world.awaitAsked("warning listener web: accepts more slowly: accept4 failed: ");
      assertTrue(text.contains(errno.name()), text);
      worker.next().write("x");
      assertEquals('x', client.getInputStream().read());
      world.await("three errors", f -> f.acceptErrors() == 3);
      assertTrue(world.asked.isEmpty(), () -> "warned again: " + world.asked);
    }
  }

  @Test
  void aClientThatLeftTheQueueIsCountedAndNotWarnedOf() throws Exception {
    try (DispatchWorld world =
        world("accept4", Errno.ECONNABORTED.number(), new AtomicInteger(2))) {
      FakeWorker worker = world.worker(0);
      world.connect();
      worker.next();
      world.await("two errors", f -> f.acceptErrors() == 2);
      assertTrue(world.asked.isEmpty(), () -> "asked: " + world.asked);
    }
  }

  @Test
  void aSocketThatCannotBeAcceptedFromIsTriedAgain() throws Exception {
    try (DispatchWorld world = world("accept4", Errno.EINVAL.number(), new AtomicInteger(2))) {
      FakeWorker worker = world.worker(0);
      world.connect();
      world.awaitAsked("warning listener web: does not accept: accept4 failed: EINVAL");
      worker.next();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ETOOMANYREFS", "ENOBUFS", "ENOMEM", "EIO"})
  void handingOver(Errno errno) throws Exception {
    AtomicInteger times = new AtomicInteger(3);
    try (DispatchWorld world = world("sendmsg", errno.number(), times)) {
      FakeWorker worker = world.worker(0);
      Socket one = world.connect();
      Socket two = world.connect();
      worker.next().write("1");
      worker.next().write("2");
      assertEquals('1', one.getInputStream().read());
      assertEquals('2', two.getInputStream().read());
      world.awaitAsked("warning cannot hand over connections: ");
      assertTrue(times.get() <= 0);
      assertEquals(
          2, world.await("two", f -> f.connections().handed() == 2).connections().accepted());
    }
  }

  @Test
  void aWorkerThatClosedItsChannelGetsNothingMoreAndKeepsNothing() throws Exception {
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker closed = world.worker(0);
      closed.die();
      Socket client = world.connect();
      world.await("waiting", f -> f.connections().waiting() == 1);
      FakeWorker other = world.worker(1);
      other.next().write("x");
      assertEquals('x', client.getInputStream().read());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ENOMEM", "EIO"})
  void whateverCallFailsOnceTheClientsAreServedAndNothingIsLeft(Errno errno) {
    FaultMatrix.Outcome outcome =
        FaultMatrix.forEachCall(Posix.system(), errno, ShortageTest::deathAndSuccession);
    assertTrue(outcome.calls() > 20, outcome::toString);
  }

  private static void deathAndSuccession(Posix posix) throws Exception {
    DispatchWorld.Choice choice = new DispatchWorld.Choice();
    choice.posix = posix;
    choice.maxConnections = 1;
    try (DispatchWorld world = new DispatchWorld(choice)) {
      FakeWorker dead = world.worker(0);
      Socket one = world.connect();
      Socket two = world.connect();
      dead.next();
      dead.die();
      FakeWorker heir = world.worker(1);
      FakeWorker third = world.worker(2);
      dead.reaped();
      Set<Socket> waiting = new HashSet<>(Set.of(one, two));
      for (Socket each : waiting) {
        each.setSoTimeout(1);
      }
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!waiting.isEmpty()) {
        assertTrue(System.nanoTime() - deadline < 0, () -> "not served: " + waiting);
        for (FakeWorker worker : List.of(heir, third)) {
          Optional<FakeWorker.Handed> handed = worker.poll();
          if (handed.isPresent()) {
            handed.get().write("x");
          }
        }
        for (Socket each : List.copyOf(waiting)) {
          if (answered(each)) {
            waiting.remove(each);
          }
        }
      }
    }
  }

  /** Served, or closed, since it could not be looked at. */
  private static boolean answered(Socket client) throws IOException {
    try {
      int got = client.getInputStream().read();
      assertTrue(got == 'x' || got == -1);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
