package dev.baton.supervisor.openserver.service;

import static dev.baton.sys.Constants.MSG_DONTWAIT;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ServiceAnswer;
import dev.baton.protocol.ServiceCodec;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.util.Arrays;

/**
 * One line on its way to a client. Its descriptor goes with its first byte (SCM_RIGHTS, {@code
 * unix(7)}; APUE 17.4) and is closed here then: what is in flight is the kernel's.
 */
final class Outgoing implements AutoCloseable {
  /** The most that one call sends. */
  static final int PIECE = 16 * 1024;

  /** Of a refusal's text: many may wait for clients that do not read. */
  private static final int TEXT_CHARS = 1024;

  private final boolean held;
  private final OwnedFd descriptor;
  private byte[] rest;

  /**
   * @param descriptor consumed; {@code null} for none
   * @param held whether it counts in its client's share until it was sent
   */
  private Outgoing(ServiceAnswer answer, OwnedFd descriptor, boolean held) {
    this.rest = ServiceCodec.encode(answer);
    this.descriptor = descriptor;
    this.held = held;
  }

  /** A good answer. Consumes {@code descriptor}. */
  static Outgoing given(long id, Descriptor.Kind kind, OwnedFd descriptor) {
    return new Outgoing(ServiceAnswer.given(id, kind), descriptor, true);
  }

  /** A refusal. */
  static Outgoing refused(long id, ErrorCode code, String text, boolean held) {
    String cut = text.length() <= TEXT_CHARS ? text : text.substring(0, TEXT_CHARS) + " ...";
    return new Outgoing(ServiceAnswer.refused(id, code, cut), null, held);
  }

  boolean held() {
    return held;
  }

  boolean good() {
    return descriptor != null;
  }

  /**
   * Sends what the kernel takes now.
   *
   * @return whether all of it is sent
   */
  boolean send(Posix posix, OwnedFd client, MessageBuffer out) throws SysException {
    while (rest.length > 0) {
      out.put(rest, Math.min(rest.length, PIECE));
      int sent = unsent() ? withDescriptor(posix, client, out) : transmit(posix, client, out);
      if (sent == Posix.WOULD_BLOCK) {
        return false;
      }
      if (good()) {
        descriptor.close();
      }
      rest = Arrays.copyOfRange(rest, sent, rest.length);
    }
    return true;
  }

  private boolean unsent() {
    return good() && descriptor.isOpen();
  }

  private int withDescriptor(Posix posix, OwnedFd client, MessageBuffer out) throws SysException {
    return descriptor.<Integer, SysException>borrow(
        n -> {
          out.putDescriptors(new int[] {n}, 1);
          return transmit(posix, client, out);
        });
  }

  private static int transmit(Posix posix, OwnedFd client, MessageBuffer out) throws SysException {
    return client.<Integer, SysException>borrow(n -> posix.sendmsg(n, out, MSG_DONTWAIT));
  }

  /** Closes the descriptor that was not sent. */
  @Override
  public void close() {
    if (descriptor != null) {
      descriptor.close();
    }
  }
}
