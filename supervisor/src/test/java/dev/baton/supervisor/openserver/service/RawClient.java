package dev.baton.supervisor.openserver.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.baton.fd.Adoption;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/** A client that sends and receives what it is told, and nothing else. Waits at most 20 seconds. */
final class RawClient implements AutoCloseable {
  private static final Posix POSIX = Posix.system();
  private static final int PATIENCE = 20_000;
  private static final int BYTES = 64 * 1024;

  final OwnedFd fd;
  private final FdBag descriptors = new FdBag();
  private int taken;
  private String text = "";

  RawClient(Path socket) throws IOException {
    fd = OwnedFd.of(POSIX, POSIX.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0), "raw client");
    try {
      fd.<Integer, SysException>borrow(n -> POSIX.connect(n, SockAddr.unix(socket.toString())));
    } catch (SysException e) {
      fd.close();
      throw e;
    }
  }

  /** A request to read a file. */
  static String open(long id, Path path) {
    return "{\"id\":" + id + ",\"open\":\"" + path + "\"}\n";
  }

  void send(String line) throws IOException {
    send(line.getBytes(UTF_8));
  }

  /** Sends all of it, waiting. */
  void send(byte[] bytes, OwnedFd... with) throws IOException {
    int[] numbers = Arrays.stream(with).mapToInt(OwnedFd::numberDoNotKeep).toArray();
    for (byte[] rest = bytes; rest.length > 0; ) {
      MessageBuffer out = new MessageBuffer(rest.length, Math.max(1, numbers.length));
      out.put(rest, rest.length);
      if (rest == bytes) {
        out.putDescriptors(numbers, numbers.length);
      }
      int sent = fd.<Integer, SysException>borrow(n -> POSIX.sendmsg(n, out, 0));
      rest = Arrays.copyOfRange(rest, sent, rest.length);
    }
  }

  /** Sends what there is room for, and says how much that was. */
  int sendNow(byte[] bytes) throws IOException {
    MessageBuffer out = new MessageBuffer(bytes.length, 1);
    out.put(bytes, bytes.length);
    return Math.max(
        0, fd.<Integer, SysException>borrow(n -> POSIX.sendmsg(n, out, Constants.MSG_DONTWAIT)));
  }

  /** Says that nothing more comes. */
  void shutdownOutput() throws IOException {
    fd.use(n -> POSIX.shutdown(n, Constants.SHUT_WR));
  }

  /** The next line; {@code null} at the end. */
  String line() throws IOException {
    int newline;
    while ((newline = text.indexOf('\n')) < 0) {
      if (!receive()) {
        return null;
      }
    }
    String line = text.substring(0, newline);
    text = text.substring(newline + 1);
    return line;
  }

  /** The first line of an answer, and the content of its file, each file of a few bytes. */
  String lineAndContent() throws IOException {
    String line = line();
    if (line != null && line.contains("\"ok\":true")) {
      try (FileChannel file = Adoption.file(descriptors.take(taken++), true, false)) {
        ByteBuffer content = ByteBuffer.allocate(100);
        file.read(content, 0);
        return line + " " + new String(content.array(), 0, content.position(), UTF_8);
      }
    }
    return line;
  }

  /** How many descriptors have come. */
  int received() {
    return descriptors.size();
  }

  private boolean receive() throws IOException {
    MessageBuffer in = new MessageBuffer(BYTES, 8);
    int length;
    try {
      if (fd.<Integer, SysException>borrow(n -> POSIX.poll(n, Constants.POLLIN, PATIENCE)) == 0) {
        throw new AssertionError("nothing came for " + PATIENCE + " ms");
      }
      length = fd.<Integer, SysException>borrow(n -> POSIX.recvmsg(n, in, 0));
    } catch (SysException e) {
      if (e.errno() == Errno.ECONNRESET) {
        return false; // closed, with something of ours unread
      }
      throw e;
    }
    for (int number : in.descriptors()) {
      descriptors.add(OwnedFd.of(POSIX, number, "received by raw client"));
    }
    text += new String(in.bytes(length), UTF_8);
    return length > 0;
  }

  @Override
  public void close() {
    fd.close();
    descriptors.close();
  }
}
