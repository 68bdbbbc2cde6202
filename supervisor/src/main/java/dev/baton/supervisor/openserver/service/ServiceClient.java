package dev.baton.supervisor.openserver.service;

import static dev.baton.sys.Constants.MSG_DONTWAIT;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ServiceCodec;
import dev.baton.protocol.ServiceRequest;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.openserver.Answer;
import dev.baton.supervisor.openserver.OpenDesk;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One connection of the open service. Who does not take his answers is not read, so nothing piles
 * up here but the answers of what was under way. Only for the service's thread.
 *
 * <pre>
 *   reading --- window full, or answers wait ---> not reading --- sent ---> reading
 *   any ------- end-of-file --------------------> ending: answers what came before, then closes
 *   any ------- something that is no request ---> failing: says so, then closes
 *   any ------- hang-up, idle, a failed call ---> closed
 * </pre>
 */
final class ServiceClient implements AutoCloseable {
  private static final long SCARCE_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final Room room;
  private final OwnedFd fd;
  private final PeerCredentials peer;
  private final Shares.Share share;
  private final Consumer<ServiceClient> closed;
  private final OpenPolicyConfig policy;
  private final LineBuffer lines;
  private final Deque<Outgoing> out = new ArrayDeque<>();
  private final Loop.Interest interest;
  private OpenDesk desk;
  private int pending;
  private int memory;
  private long activeAt;
  private boolean reading = true;
  private boolean ending;
  private boolean failing;
  private boolean resting;
  private boolean stepping;
  private boolean open = true;

  /**
   * Begins to serve a client.
   *
   * @param fd consumed
   * @param share of its user, already entered
   * @param closed is told once, at the end
   */
  ServiceClient(
      Room room,
      OwnedFd fd,
      PeerCredentials peer,
      Shares.Share share,
      Consumer<ServiceClient> closed)
      throws SysException {
    this.room = room;
    this.fd = fd;
    this.peer = peer;
    this.share = share;
    this.closed = closed;
    this.policy = room.config.policy(peer.uid(), peer.gid());
    this.lines = new LineBuffer(Limits.SERVICE_LINE_BYTES);
    this.activeAt = room.loop.now();
    try {
      this.interest = room.loop.watch(fd::borrow, this::readable, this::step);
    } catch (SysException e) {
      fd.close();
      share.leave();
      throw e;
    }
    room.tally.entered();
  }

  private void readable() {
    if (!reading) {
      close(); // what is told then is a hang-up
      return;
    }
    int length;
    try {
      length = fd.<Integer, SysException>borrow(n -> room.posix.recvmsg(n, room.in, MSG_DONTWAIT));
    } catch (SysException e) {
      close(); // ECONNRESET: gone, with answers unread
      return;
    }
    if (length == Posix.WOULD_BLOCK) {
      return;
    }
    if (closeUnasked()) {
      fail(ErrorCode.BAD_REQUEST, "descriptors were sent; the open service takes none");
    } else if (length == 0) {
      ending = true;
    } else {
      lines.add(room.in.bytes(length));
    }
    step();
  }

  /** Whether there were descriptors; those that arrived are closed. */
  private boolean closeUnasked() {
    int[] unasked = room.in.descriptors();
    for (int number : unasked) {
      OwnedFd.of(room.posix, number, "unasked").close();
    }
    return unasked.length > 0 || room.in.controlTruncated();
  }

  /** Does what can be done now: sends, and takes requests while nothing waits to be sent. */
  private void step() {
    if (stepping || !open) {
      return; // an answer that came at once; whoever steps goes on
    }
    stepping = true;
    try {
      for (; ; ) {
        send();
        if (!open || failing || !out.isEmpty() || pending >= policy.limits().inFlight()) {
          break;
        }
        byte[] line = lines.next();
        if (line != null) {
          take(line);
        } else if (lines.tooLong()) {
          fail(ErrorCode.TOO_LARGE, "a line has more than " + Limits.SERVICE_LINE_BYTES + " bytes");
        } else {
          break;
        }
      }
    } finally {
      stepping = false;
    }
    settle();
  }

  private void send() {
    while (open && !resting && !out.isEmpty()) {
      Outgoing first = out.peek();
      try {
        if (!first.send(room.posix, fd, room.out)) {
          return;
        }
      } catch (SysException e) {
        unsent(e);
        return;
      }
      out.remove();
      sent(first);
    }
  }

  private void sent(Outgoing line) {
    activeAt = room.loop.now();
    if (line.held()) {
      share.release(1);
    }
    if (line.good()) {
      room.tally.answered();
    } else {
      room.tally.refused();
    }
  }

  private void unsent(SysException e) {
    switch (e.errno()) {
      case ETOOMANYREFS: // of its user, in flight to all who do not receive them
      case ENOBUFS:
      case ENOMEM:
        resting = true;
        room.loop.timers().at(room.loop.now() + SCARCE_PAUSE, this::rested);
        break;
      default:
        close(); // EPIPE, ECONNRESET: gone
    }
  }

  private void rested() {
    resting = false;
    step();
  }

  private void take(byte[] line) {
    ServiceRequest request;
    try {
      request = ServiceCodec.decodeRequest(line);
    } catch (ProtocolException e) {
      fail(e.code(), e.getMessage());
      return;
    }
    activeAt = room.loop.now();
    if (!share.hold()) {
      String text = "your user has too many requests under way, or answers that it does not take";
      out.add(Outgoing.refused(request.id(), ErrorCode.BUSY, text, false));
      return;
    }
    pending++;
    if (desk == null) {
      desk = room.desk(peer, policy);
    }
    Consumer<Answer> answer = a -> answered(request.id(), a);
    switch (request.kind()) {
      case OPEN -> desk.open(request.target(), request.how(), answer);
      case CONNECT -> desk.connect(request.target(), answer);
      case BIND -> desk.bind(request.target(), answer);
    }
  }

  private void answered(long id, Answer answer) {
    if (!open || failing) {
      if (answer instanceof Answer.Given late) {
        late.fd().close();
      }
      return;
    }
    pending--;
    activeAt = room.loop.now();
    out.add(line(id, answer));
    step();
  }

  private Outgoing line(long id, Answer answer) {
    if (answer instanceof Answer.Refused refused) {
      return Outgoing.refused(id, refused.code(), refused.text(), true);
    }
    Answer.Given given = (Answer.Given) answer;
    return Outgoing.given(id, given.kind(), given.fd());
  }

  /** The connection is of no use any more: the client is told why, and nothing else. */
  private void fail(ErrorCode code, String text) {
    failing = true;
    ending = true;
    lines.clear();
    abandon();
    out.add(Outgoing.refused(0, code, text, false));
  }

  private void abandon() {
    if (desk != null) {
      desk.close();
    }
    share.release(pending);
    pending = 0;
  }

  /** What the loop is to tell from now on. */
  private void settle() {
    if (!open) {
      return;
    }
    if (ending && pending == 0 && out.isEmpty()) {
      close();
      return;
    }
    if (!remember()) {
      fail(ErrorCode.BUSY, "your user has too many bytes of requests that are not complete");
      step();
      return;
    }
    reading = !ending && out.isEmpty() && pending < policy.limits().inFlight();
    try {
      interest.reading(reading);
      interest.writing(!out.isEmpty() && !resting);
    } catch (SysException e) {
      close();
    }
  }

  private boolean remember() {
    int now = lines.size();
    if (!share.grow(now - memory)) {
      return false;
    }
    memory = now;
    return true;
  }

  /**
   * Closes it when it has done nothing for so long: neither a whole request nor an answer taken. A
   * client that waits for us is not idle.
   */
  void closeIfIdle(long nanos) {
    boolean waitsForUs = pending > 0 && out.isEmpty();
    if (!waitsForUs && room.loop.now() - activeAt >= nanos) {
      close();
    }
  }

  /** Closes the connection and whatever was not sent. Further calls do nothing. */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    interest.cancel();
    abandon();
    for (Outgoing unsent : out) {
      unsent.close();
      if (unsent.held()) {
        share.release(1);
      }
    }
    out.clear();
    lines.clear();
    share.grow(-memory);
    share.leave();
    fd.close();
    room.tally.left();
    closed.accept(this);
  }

  @Override
  public String toString() {
    return "uid " + Integer.toUnsignedString(peer.uid()) + " pid " + peer.pid();
  }
}
