package dev.baton.ipc;

import static dev.baton.sys.Constants.MSG_DONTWAIT;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Errno;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Descriptors, or refusals with a code and a text, over a connected UNIX-domain socket of type
 * stream or seqpacket (APUE 17.4: {@code send_fd}, {@code send_err}, {@code recv_fd}). A message
 * has the chapter's form, so that its C functions and five lines of Python understand it:
 *
 * <pre>
 *   text in UTF-8, maybe empty | 0 | 0     with one descriptor (SCM_RIGHTS), sent with the first byte
 *   text in UTF-8, maybe empty | 0 | code  1 to 255, with none
 * </pre>
 *
 * <p>The receiver's descriptor has a number of its own and stands for the same open file, with one
 * offset and one set of status flags. It is close-on-exec. Thread-safe; threads that receive take
 * turns, and so do those that send.
 */
public final class DescriptorSocket implements AutoCloseable {
  /** The most bytes of a text. */
  public static final int MAX_TEXT = 4096;

  private static final int MAX_MESSAGE = MAX_TEXT + 2;

  private final Posix posix;
  private final WaitableFd socket;
  private final Object sending = new Object();
  private final Object receiving = new Object();
  private final MessageBuffer out = new MessageBuffer(MAX_MESSAGE, 1);
  private final MessageBuffer in = new MessageBuffer(MAX_MESSAGE, 1);
  private final PassedReader reader = new PassedReader();
  private boolean broken;

  private DescriptorSocket(Posix posix, OwnedFd fd) {
    this.posix = posix;
    this.socket = new WaitableFd(posix, fd);
  }

  /** Over a connected socket. Consumes {@code fd}. */
  public static DescriptorSocket of(OwnedFd fd) {
    return of(Posix.system(), fd);
  }

  /** Over a connected socket, with the calls of {@code posix}. Consumes {@code fd}. */
  public static DescriptorSocket of(Posix posix, OwnedFd fd) {
    return new DescriptorSocket(posix, fd);
  }

  /** As {@link #send(OwnedFd, String)}, without a text. */
  public void send(OwnedFd descriptor) throws IOException {
    send(descriptor, "");
  }

  /**
   * Sends a descriptor, waiting while the peer does not read. It is lent for the call: once that is
   * over the kernel has a reference of its own, and the caller may close his.
   *
   * @param text a name or a remark for the receiver, without NUL, at most {@link #MAX_TEXT} bytes
   */
  public void send(OwnedFd descriptor, String text) throws IOException {
    byte[] message = message(0, text);
    descriptor.use(
        n -> {
          transmit(message, new int[] {n});
        });
  }

  /**
   * Sends a refusal.
   *
   * @param code 1 to 255
   * @param text the reason, without NUL, at most {@link #MAX_TEXT} bytes
   */
  public void sendError(int code, String text) throws IOException {
    if (code < 1 || code > 255) {
      throw new IllegalArgumentException("an error code of " + code + "; allowed are 1 to 255");
    }
    transmit(message(code, text), new int[0]);
  }

  private static byte[] message(int code, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_TEXT || text.indexOf(0) >= 0) {
      throw new IllegalArgumentException(
          "a text of " + bytes.length + " bytes; allowed are " + MAX_TEXT + " without NUL");
    }
    byte[] message = Arrays.copyOf(bytes, bytes.length + 2);
    message[message.length - 1] = (byte) code;
    return message;
  }

  /** The kernel may take a part of a stream's message, and with its first byte the descriptor. */
  private void transmit(byte[] message, int[] descriptors) throws IOException {
    synchronized (sending) {
      byte[] rest = message;
      while (rest.length > 0) {
        out.put(rest, rest.length);
        if (rest == message) {
          out.putDescriptors(descriptors, descriptors.length);
        }
        int sent = socket.call(n -> posix.sendmsg(n, out, MSG_DONTWAIT));
        if (sent == Posix.WOULD_BLOCK) {
          socket.awaitWritable(WaitableFd.FOREVER);
        } else {
          rest = Arrays.copyOfRange(rest, sent, rest.length);
        }
      }
    }
  }

  /**
   * Waits for a message.
   *
   * @throws EOFException when the peer has closed its end
   * @throws java.net.ProtocolException when what came is no message; nothing that came is kept, and
   *     nothing more can be received
   */
  public Passed receive() throws IOException {
    return receive(WaitableFd.FOREVER).orElseThrow();
  }

  /** As {@link #receive()}, for a limited time; zero only looks. Empty when none came. */
  public Optional<Passed> receive(Duration limit) throws IOException {
    synchronized (receiving) {
      long end = WaitableFd.deadline(limit);
      for (; ; ) {
        socket.checkOpen();
        Optional<Passed> next = reader.next();
        if (next.isPresent()) {
          return next;
        }
        if (broken) {
          throw PassedReader.broken("an earlier message was none");
        }
        if (!read() && !socket.awaitReadable(WaitableFd.left(end))) {
          return Optional.empty();
        }
      }
    }
  }

  /** Whether there was something to read. */
  private boolean read() throws IOException {
    int length;
    try {
      length = socket.call(n -> posix.recvmsg(n, in, MSG_DONTWAIT));
    } catch (SysException e) {
      if (e.errno() != Errno.ECONNRESET) {
        throw e;
      }
      // Said once when a peer closes with unread data; what it had sent is still there.
      length = socket.call(n -> posix.recvmsg(n, in, MSG_DONTWAIT));
    }
    if (length == Posix.WOULD_BLOCK) {
      return false;
    }
    broken = true; // until it has turned out well
    for (int number : in.descriptors()) {
      reader.add(OwnedFd.of(posix, number, "passed"));
    }
    if (in.truncated() || in.controlTruncated()) {
      reader.close();
      throw PassedReader.broken("it was too long, or had more than one descriptor");
    }
    if (length == 0) {
      broken = false;
      reader.end();
      throw new EOFException("the peer has closed its end");
    }
    reader.add(in.bytes(length));
    broken = false;
    return true;
  }

  /**
   * Moves the socket out, and leaves this empty. What was received and not asked for is closed.
   *
   * @throws IllegalStateException while another thread is in a call
   */
  public OwnedFd take() throws IOException {
    OwnedFd fd = socket.take();
    close();
    return fd;
  }

  /**
   * Closes the socket, and what was received and not asked for; threads that wait get a {@code
   * ClosedChannelException}. Further calls do nothing.
   */
  @Override
  public void close() {
    socket.close();
    synchronized (receiving) {
      reader.close();
    }
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
