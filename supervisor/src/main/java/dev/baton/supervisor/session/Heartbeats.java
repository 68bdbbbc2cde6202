package dev.baton.supervisor.session;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import java.util.Optional;

/** The heartbeats of one worker, of which one at most is open. Only for the loop's thread. */
final class Heartbeats {
  private long lastPing;
  private long lastPong;
  private ToSupervisor.Work work;
  private ToSupervisor.Jvm jvm;

  /** Whether none is without an answer. */
  boolean answered() {
    return lastPong == lastPing;
  }

  /** The next one, which is open from now on. */
  ToWorker.Ping next() {
    return new ToWorker.Ping(++lastPing);
  }

  /**
   * Takes an answer.
   *
   * @throws ProtocolException when it answers nothing that is open
   */
  void answered(ToSupervisor.Pong pong) throws ProtocolException {
    if (pong.seq() > lastPing || pong.seq() <= lastPong) {
      throw new ProtocolException(
          ErrorCode.OUT_OF_ORDER, "answers ping " + pong.seq() + ", which was not open");
    }
    lastPong = pong.seq();
    work = pong.work() == null ? work : pong.work();
    jvm = pong.jvm() == null ? jvm : pong.jvm();
  }

  /** What the worker says that it has done, by its last answer; empty when it says nothing. */
  Optional<ToSupervisor.Work> work() {
    return Optional.ofNullable(work);
  }

  /** What the worker says of its JVM, by its last answer; empty when it says nothing. */
  Optional<ToSupervisor.Jvm> jvm() {
    return Optional.ofNullable(jvm);
  }
}
