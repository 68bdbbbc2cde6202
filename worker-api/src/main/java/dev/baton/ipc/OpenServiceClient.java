package dev.baton.ipc;

import static dev.baton.sys.Constants.MSG_DONTWAIT;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.OpenHow;
import dev.baton.protocol.OpenHow.Access;
import dev.baton.protocol.ServiceAnswer;
import dev.baton.protocol.ServiceCodec;
import dev.baton.protocol.ServiceRequest;
import dev.baton.sys.Errno;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A client of Baton's open service (APUE 17.6, the open server's second version: {@code csopen}):
 * the supervisor opens, connects or binds, and the descriptor comes through the socket. Who asks is
 * the kernel's word; what is allowed is the operator's, under {@code services.open}.
 *
 * <p>One request at a time; threads take turns. A refusal of one request leaves the connection
 * good; after any other failure it is of no more use and is to be closed.
 */
public final class OpenServiceClient implements AutoCloseable {
  private static final int PIECE = 16 * 1024;

  private final Posix posix;
  private final WaitableFd socket;
  private final MessageBuffer out = new MessageBuffer(PIECE, 1);
  private final MessageBuffer in = new MessageBuffer(PIECE, 1);

  // Guarded by this.
  private ServiceAnswerReader reader = new ServiceAnswerReader();
  private long lastId;
  private boolean broken;

  private OpenServiceClient(Posix posix, OwnedFd fd) {
    this.posix = posix;
    this.socket = new WaitableFd(posix, fd);
  }

  /** As {@link #connect(UnixAddress)}, to a socket file. */
  public static OpenServiceClient connect(Path socket) throws IOException {
    return connect(UnixAddress.of(socket));
  }

  /**
   * Connects, waiting while the service's queue is full.
   *
   * @throws UnixSocketException with ENOENT when there is no such file, ECONNREFUSED when nobody
   *     serves it, EACCES when this user may not
   */
  public static OpenServiceClient connect(UnixAddress address) throws IOException {
    return connect(Posix.system(), address);
  }

  static OpenServiceClient connect(Posix posix, UnixAddress address) throws IOException {
    UnixConnection connection =
        UnixClient.connect(posix, address, SocketType.STREAM, WaitableFd.FOREVER);
    return new OpenServiceClient(posix, connection.take());
  }

  /**
   * Has a file opened.
   *
   * @param path absolute, without {@code .} and {@code ..}
   * @return the caller's to close; blocking
   * @throws RefusedException with the number of a {@link dev.baton.protocol.ErrorCode}
   */
  public OwnedFd open(Path path, OpenHow how) throws IOException {
    return ask(ServiceRequest.Kind.OPEN, path.toString(), how);
  }

  /** As {@link #open}, as a channel, for which {@link Adoption} has its needs. */
  public FileChannel openFile(Path path, OpenHow how) throws IOException {
    boolean writable = how.has(Access.WRITE) || how.has(Access.APPEND);
    boolean readable = how.has(Access.READ) || how.has(Access.DIRECTORY) || !writable;
    return Adoption.file(open(path, how), readable, writable);
  }

  /**
   * Has a connection made.
   *
   * @param address {@code tcp://127.0.0.1:5432}, {@code tcp://[::1]:80}, {@code unix:/path} or
   *     {@code unix:@name}
   * @return the connected socket, the caller's to close
   */
  public OwnedFd connect(String address) throws IOException {
    return ask(ServiceRequest.Kind.CONNECT, address, null);
  }

  /**
   * Has a socket bound.
   *
   * @param address {@code tcp://IP:PORT}, which then listens, or {@code udp://IP:PORT}
   * @return the socket, the caller's to close
   */
  public OwnedFd bind(String address) throws IOException {
    return ask(ServiceRequest.Kind.BIND, address, null);
  }

  private synchronized OwnedFd ask(ServiceRequest.Kind kind, String target, OpenHow how)
      throws IOException {
    socket.checkOpen();
    if (broken) {
      throw new EOFException("the connection to the open service is over; make another");
    }
    long id = ++lastId;
    byte[] line = ServiceCodec.encode(new ServiceRequest(id, kind, target, how));
    broken = true; // until it has turned out well
    send(line);
    try (ServiceAnswerReader.Arrived arrived = receive()) {
      ServiceAnswer answer = arrived.answer();
      if (answer.id() != id && (answer.ok() || answer.id() != 0)) {
        throw new ProtocolException("request " + id + " was asked, " + answer.id() + " answered");
      }
      broken = answer.id() == 0; // about the connection, which is closed then
      if (!answer.ok()) {
        throw new RefusedException(answer.code(), answer.text());
      }
      return arrived.descriptor().take(answer.kind() + ":" + target);
    }
  }

  private void send(byte[] line) throws IOException {
    byte[] rest = line;
    while (rest.length > 0) {
      int piece = Math.min(rest.length, PIECE);
      out.put(rest, piece);
      int sent;
      try {
        sent = socket.call(n -> posix.sendmsg(n, out, MSG_DONTWAIT));
      } catch (SysException e) {
        if (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET) {
          return; // it may have said why before it closed
        }
        throw e;
      }
      if (sent == Posix.WOULD_BLOCK) {
        socket.awaitWritable(WaitableFd.FOREVER);
      } else {
        rest = Arrays.copyOfRange(rest, sent, rest.length);
      }
    }
  }

  private ServiceAnswerReader.Arrived receive() throws IOException {
    while (!reader.complete()) {
      int length;
      try {
        length = socket.call(n -> posix.recvmsg(n, in, MSG_DONTWAIT));
      } catch (SysException e) {
        if (e.errno() != Errno.ECONNRESET) {
          throw e;
        }
        length = 0; // a stream hands out what is queued before it says so
      }
      if (length == Posix.WOULD_BLOCK) {
        socket.awaitReadable(WaitableFd.FOREVER);
        continue;
      }
      if (length == 0) {
        throw new EOFException("the open service has closed the connection");
      }
      for (int number : in.descriptors()) {
        reader.add(OwnedFd.of(posix, number, "opened"));
      }
      reader.add(in.bytes(length), in.controlTruncated());
    }
    return reader.take();
  }

  /**
   * Closes the connection; a thread that waits for an answer gets a {@code ClosedChannelException}.
   * What was received stays open. Further calls do nothing.
   */
  @Override
  public void close() {
    socket.close();
    synchronized (this) {
      reader.close();
    }
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
