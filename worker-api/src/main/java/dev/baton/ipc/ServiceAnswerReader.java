package dev.baton.ipc;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Limits;
import dev.baton.protocol.ServiceAnswer;
import dev.baton.protocol.ServiceCodec;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;

/**
 * Puts the one answer that an {@link OpenServiceClient} waits for together: a line, and a
 * descriptor if it is a good one. Not thread-safe.
 */
final class ServiceAnswerReader implements AutoCloseable {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private FdBag descriptors = new FdBag();
  private OwnedFd descriptor;
  private int count;
  private boolean lost;
  private boolean complete;

  /** An answer and its descriptor, which is {@code null} beside a refusal. */
  record Arrived(ServiceAnswer answer, OwnedFd descriptor) implements AutoCloseable {
    /** Closes the descriptor unless it was taken. */
    @Override
    public void close() {
      if (descriptor != null) {
        descriptor.close();
      }
    }
  }

  /** Consumes a descriptor that came with the bytes that are added next. */
  void add(OwnedFd next) {
    descriptor = descriptors.add(next);
    count++;
  }

  /**
   * @param cut whether descriptors that came with them were lost
   */
  void add(byte[] bytes, boolean cut) throws ProtocolException {
    lost |= cut;
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    if (end + 1 < bytes.length) {
      throw fail("more came than the answer to one request");
    }
    if (line.size() + bytes.length > Limits.SERVICE_LINE_BYTES) {
      throw fail("a line has more than " + Limits.SERVICE_LINE_BYTES + " bytes");
    }
    line.write(bytes, 0, end);
    complete = end < bytes.length;
  }

  boolean complete() {
    return complete;
  }

  /** Moves the answer out, and begins another. */
  Arrived take() throws ProtocolException {
    ServiceAnswer answer;
    try {
      answer = ServiceCodec.decodeAnswer(line.toByteArray());
    } catch (dev.baton.protocol.ProtocolException e) {
      throw fail(e.getMessage());
    }
    if (lost || count != (answer.ok() ? 1 : 0)) {
      throw fail(count + (lost ? " and more" : "") + " descriptors came with " + summary(answer));
    }
    Arrived arrived = new Arrived(answer, descriptor);
    line.reset();
    descriptors = new FdBag();
    descriptor = null;
    count = 0;
    complete = false;
    return arrived;
  }

  private static String summary(ServiceAnswer answer) {
    return answer.ok() ? "an answer that has one" : "a refusal: " + answer.text();
  }

  private ProtocolException fail(String why) {
    close();
    return new ProtocolException("what came is no answer of an open service: " + why);
  }

  @Override
  public void close() {
    descriptors.close();
  }
}
