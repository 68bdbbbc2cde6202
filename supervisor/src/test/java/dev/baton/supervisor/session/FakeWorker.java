package dev.baton.supervisor.session;

import dev.baton.channel.Frame;
import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Message;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.supervisor.core.WorkerEvent;
import dev.baton.supervisor.core.WorkerEvent.Kind;
import dev.baton.sys.Constants;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A session and the other end of its channel, which can say anything. */
final class FakeWorker implements AutoCloseable, SessionEvents {
  private static final Posix REAL = Posix.system();
  private static final int LARGEST = 200 * 1024;

  /** What the session reported, in order. */
  final List<WorkerEvent> happened = new ArrayList<>();

  final List<String> connectionsTold = new ArrayList<>();

  final List<ToSupervisor.Asking> asked = new ArrayList<>();
  final List<String> statuses = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final WorkerSession session;

  /** The time that the session sees. */
  long now;

  private final OwnedFd end;
  private final MessageBuffer buffer = new MessageBuffer(LARGEST, 8);

  /**
   * @param posix what the session uses; this end uses the real one
   */
  FakeWorker(Posix posix) throws SysException {
    this(posix, false);
  }

  /**
   * @param handedOff whether it may speak of connections
   */
  FakeWorker(Posix posix, boolean handedOff) throws SysException {
    FrameSocket.Ends ends = FrameSocket.pair(REAL, "test/0#1");
    try (OwnedFd ours = ends.supervisor()) {
      end = ends.worker();
      OwnedFd under = OwnedFd.of(posix, REAL.duplicate(ours.numberDoNotKeep()), "channel");
      session =
          new WorkerSession(
              new MessageChannel<>(posix, new FrameSocket(posix, under), ToSupervisor.class),
              this,
              () -> now,
              handedOff);
    }
  }

  /** Says all that a worker with a slot is told at its hello. Consumes the greeting. */
  void greet(Greeting greeting) {
    session.welcome(Greetings.welcome());
    session.start(greeting);
  }

  /** Sends a frame, of any size, with copies of {@code descriptors}. */
  FakeWorker say(String json, OwnedFd... descriptors) throws SysException {
    return say(json.getBytes(StandardCharsets.UTF_8), descriptors);
  }

  FakeWorker say(byte[] frame, OwnedFd... descriptors) throws SysException {
    buffer.put(frame, frame.length);
    int[] numbers = new int[descriptors.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = descriptors[i].numberDoNotKeep();
    }
    buffer.putDescriptors(numbers, numbers.length);
    int sent = end.borrow(n -> REAL.sendmsg(n, buffer, Constants.MSG_DONTWAIT));
    if (sent != frame.length) {
      throw new AssertionError("sent " + sent + " of " + frame.length + " bytes");
    }
    return this;
  }

  /** Has the session read, and returns what it made of it. */
  List<WorkerEvent> read() {
    session.readable();
    return happened;
  }

  /** The kinds of all that happened so far. */
  List<Kind> kinds() {
    return happened.stream().map(WorkerEvent::kind).toList();
  }

  /** What the supervisor has said, as far as it was sent. */
  List<Message> heard() throws Exception {
    List<Message> heard = new ArrayList<>();
    MessageChannel<ToWorker> channel = channel();
    try {
      for (; ; ) {
        Optional<Received<ToWorker>> next = channel.receive(false);
        if (next.isEmpty()) {
          return heard;
        }
        try (Received<ToWorker> received = next.get()) {
          heard.add(received.message());
        }
      }
    } finally {
      channel.close();
    }
  }

  /** One frame with its descriptors; the caller's to close. */
  Frame frame() throws Exception {
    try (OwnedFd copy = end.duplicate("copy");
        FrameSocket socket = new FrameSocket(REAL, copy.take("socket"))) {
      return socket.receive(false).orElseThrow();
    }
  }

  private MessageChannel<ToWorker> channel() throws SysException {
    return new MessageChannel<>(
        REAL, new FrameSocket(REAL, end.duplicate("channel-of-worker")), ToWorker.class);
  }

  /** The worker's end is closed, as when it has died. */
  void die() {
    end.close();
  }

  @Override
  public void happened(WorkerEvent event) {
    happened.add(event);
  }

  @Override
  public void claimed(Numbers connections) {
    connectionsTold.add("claimed " + connections);
  }

  @Override
  public void refused(Numbers connections) {
    connectionsTold.add("refused " + connections);
  }

  @Override
  public void closed(Numbers connections) {
    connectionsTold.add("closed " + connections);
  }

  @Override
  public void asked(ToSupervisor.Asking request) {
    asked.add(request);
  }

  @Override
  public void status(String text) {
    statuses.add(text);
  }

  @Override
  public void warning(String text) {
    warnings.add(text);
  }

  @Override
  public void close() {
    session.close();
    end.close();
  }
}
