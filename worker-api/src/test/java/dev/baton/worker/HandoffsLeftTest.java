package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.FdBag;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Posix;
import dev.baton.testkit.FdLeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections that wait in a worker, and refusals that were not said, when the supervisor goes. */
@ExtendWith(FdLeakCheck.class)
class HandoffsLeftTest {
  private static final Posix POSIX = Posix.system();
  private static final Takers NOBODY =
      new Takers() {
        @Override
        public void wake() {}

        @Override
        public boolean leads() {
          return false;
        }

        @Override
        public void end() {}
      };

  private SupervisorEnd supervisor;
  private Outbox outbox;
  private Handoffs handoffs;

  @BeforeEach
  void connect() throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(POSIX, "test");
    PrintStream log = new PrintStream(new ByteArrayOutputStream(), true);
    supervisor = new SupervisorEnd(ends.supervisor(), () -> "");
    outbox =
        new Outbox(
            POSIX,
            new MessageChannel<>(POSIX, new FrameSocket(POSIX, ends.worker()), ToWorker.class),
            log,
            () -> {});
    handoffs = new Handoffs(outbox, new Complaints(log, outbox));
  }

  @AfterEach
  void close() {
    handoffs.close();
    supervisor.close();
    outbox.close();
  }

  private void handOver(long number, String listener) throws Exception {
    FrameSocket.Ends any = FrameSocket.pair(POSIX, "connection");
    any.supervisor().close();
    FdBag fds = new FdBag();
    fds.add(any.worker());
    Descriptor what = new Descriptor(Descriptor.Kind.CONNECTION, listener, null, null, null, null);
    ToWorker.Connection message =
        new ToWorker.Connection(number, listener, "1.2.3.4:5", List.of(what));
    try (Received<ToWorker> received = new Received<>(message, fds)) {
      handoffs.connection(received, message);
    }
  }

  /** In place of the old one, as if the channel led to it. */
  private void adopted() throws Exception {
    handoffs.reports().rejoining();
    handoffs.adopted();
    outbox.goOn();
  }

  @Test
  void aRefusalThatWasNotSaidIsNotSaidToTheNextSupervisor() throws Exception {
    handOver(41, "of nobody");
    outbox.leave();
    handoffs.left();
    adopted();
    handOver(7, "of nobody");
    handoffs.deliver(null);
    assertEquals(List.of(7L), supervisor.expect(ToSupervisor.Refuse.class).connections());
  }

  @Test
  void whenNobodyCameWhatNobodyElseHasIsServedStill() throws Exception {
    Inbox inbox = handoffs.open("web", false, NOBODY);
    handOver(41, "web");
    outbox.leave();
    handoffs.left();
    handoffs.orphaned();
    Incoming waiting = inbox.take();
    assertNotNull(waiting);
    assertEquals(41, waiting.id());
    assertTrue(inbox.over());
    waiting.drop();
  }

  /** The supervisor may live, and give to another worker what it does not know to be claimed. */
  @Test
  void ofASupervisorThatWasGivenUpNothingIsKept() throws Exception {
    Inbox inbox = handoffs.open("web", true, NOBODY);
    handOver(41, "web");
    handoffs.orphaned();
    assertNull(inbox.take());
    assertTrue(inbox.over());
  }

  @Test
  void ofTheNextSupervisorNothingIsKeptEither() throws Exception {
    Inbox inbox = handoffs.open("web", false, NOBODY);
    outbox.leave();
    handoffs.left();
    adopted();
    handOver(7, "web");
    handoffs.orphaned();
    assertFalse(inbox.available() > 0);
    assertNull(inbox.take());
  }
}
