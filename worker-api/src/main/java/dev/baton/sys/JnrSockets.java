package dev.baton.sys;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.MSG_CMSG_CLOEXEC;
import static dev.baton.sys.Constants.MSG_NOSIGNAL;
import static dev.baton.sys.Constants.SOCK_CLOEXEC;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_ATTACH_REUSEPORT_CBPF;
import static dev.baton.sys.Constants.SO_COOKIE;
import static dev.baton.sys.Constants.SO_PEERCRED;

import java.util.Objects;
import jnr.ffi.Pointer;

/** The socket calls of {@link Posix}. */
abstract class JnrSockets extends JnrCalls {
  private static final int ADDRESS_MAX = 128;
  private static final int FIONREAD = 0x541B;

  JnrSockets(LibC c) {
    super(c);
  }

  @Override
  public FdPair socketpair(int type) throws SysException {
    Pointer pair = memory(8);
    check("socketpair", () -> c.socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
    return new FdPair(pair.getInt(0), pair.getInt(4));
  }

  @Override
  public int socket(int domain, int type, int protocol) throws SysException {
    return check("socket", () -> c.socket(domain, type | SOCK_CLOEXEC, protocol));
  }

  @Override
  public void bind(int fd, SockAddr address) throws SysException {
    Pointer a = native_(address);
    check("bind", () -> c.bind(fd, a, address.bytes().length));
  }

  @Override
  public void listen(int fd, int backlog) throws SysException {
    check("listen", () -> c.listen(fd, backlog));
  }

  @Override
  public int connect(int fd, SockAddr address) throws SysException {
    Pointer a = native_(address);
    return mayBlock("connect", () -> c.connect(fd, a, address.bytes().length));
  }

  @Override
  public int accept4(int fd) throws SysException {
    return mayBlock("accept4", () -> c.accept4(fd, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK));
  }

  @Override
  public int accept4(int fd, PeerAddress peer) throws SysException {
    for (; ; ) {
      peer.prepare();
      int accepted = c.accept4(fd, peer.memory(), peer.length(), SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (accepted >= 0) {
        return accepted;
      }
      if (retryOrBlock("accept4")) {
        return WOULD_BLOCK;
      }
    }
  }

  @Override
  public SockAddr getsockname(int fd) throws SysException {
    Pointer address = memory(ADDRESS_MAX);
    Pointer length = memory(4);
    length.putInt(0, ADDRESS_MAX);
    check("getsockname", () -> c.getsockname(fd, address, length));
    byte[] bytes = new byte[length.getInt(0)];
    address.get(0, bytes, 0, bytes.length);
    return SockAddr.of(bytes);
  }

  @Override
  public void setsockopt(int fd, int level, int option, int value) throws SysException {
    Pointer v = memory(4);
    v.putInt(0, value);
    check("setsockopt", () -> c.setsockopt(fd, level, option, v, 4));
  }

  @Override
  public void setsockopt(int fd, int level, int option, byte[] value) throws SysException {
    Pointer v = memory(Math.max(1, value.length));
    v.put(0, value, 0, value.length);
    check("setsockopt", () -> c.setsockopt(fd, level, option, v, value.length));
  }

  @Override
  public void attachReuseportFilter(int fd, SocketFilter program) throws SysException {
    Pointer instructions = memory(SocketFilter.INSTRUCTION * program.size());
    program.write(instructions);
    Pointer header = memory(16);
    header.putShort(0, (short) program.size());
    header.putPointer(8, instructions);
    check("setsockopt", () -> c.setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, header, 16));
  }

  @Override
  public int getsockopt(int fd, int level, int option) throws SysException {
    return getsockopt(fd, level, option, 4).getInt(0);
  }

  @Override
  public void getsockopt(int fd, int level, int option, byte[] target) throws SysException {
    getsockopt(fd, level, option, target.length).get(0, target, 0, target.length);
  }

  @Override
  public long socketCookie(int fd) throws SysException {
    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, 8).getLong(0);
  }

  @Override
  public PeerCredentials peerCredentials(int fd) throws SysException {
    Pointer ucred = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, 12);
    return new PeerCredentials(ucred.getInt(0), ucred.getInt(4), ucred.getInt(8));
  }

  private Pointer getsockopt(int fd, int level, int option, int size) throws SysException {
    Pointer value = memory(size);
    Pointer length = memory(4);
    length.putInt(0, size);
    check("getsockopt", () -> c.getsockopt(fd, level, option, value, length));
    return value;
  }

  @Override
  public void shutdown(int fd, int how) throws SysException {
    check("shutdown", () -> c.shutdown(fd, how));
  }

  @Override
  public int sendmsg(int fd, MessageBuffer message, int flags) throws SysException {
    message.prepareSend();
    for (; ; ) {
      int sent = (int) c.sendmsg(fd, message.header(), flags | MSG_NOSIGNAL);
      if (sent >= 0) {
        return sent;
      }
      if (retryOrBlock("sendmsg")) {
        return WOULD_BLOCK;
      }
    }
  }

  @Override
  public int recvmsg(int fd, MessageBuffer message, int flags) throws SysException {
    for (; ; ) {
      message.prepareReceive();
      int received = (int) c.recvmsg(fd, message.header(), flags | MSG_CMSG_CLOEXEC);
      if (received >= 0) {
        return received;
      }
      if (retryOrBlock("recvmsg")) {
        return WOULD_BLOCK;
      }
    }
  }

  @Override
  public int queuedBytes(int fd) throws SysException {
    Pointer bytes = memory(4);
    check("ioctl", () -> c.ioctl(fd, FIONREAD, bytes));
    return bytes.getInt(0);
  }

  @Override
  public int sendto(int fd, byte[] source, int length, int flags, SockAddr to) throws SysException {
    Pointer address = to == null ? null : native_(to);
    int size = to == null ? 0 : to.bytes().length;
    Pointer data = scratch.take(length);
    try {
      data.put(0, source, 0, length);
      return mayBlock(
          "sendto", () -> c.sendto(fd, data, length, flags | MSG_NOSIGNAL, address, size));
    } finally {
      scratch.give(data);
    }
  }

  @Override
  public int recvfrom(int fd, byte[] target, int length, int flags, PeerAddress from)
      throws SysException {
    Objects.checkFromIndexSize(0, length, target.length);
    Pointer data = scratch.take(length);
    try {
      int received = receive(fd, data, length, flags, from);
      if (received > 0) {
        data.get(0, target, 0, Math.min(received, length));
      }
      return received;
    } finally {
      scratch.give(data);
    }
  }

  private int receive(int fd, Pointer data, int length, int flags, PeerAddress from)
      throws SysException {
    for (; ; ) {
      from.prepare();
      int received = (int) c.recvfrom(fd, data, length, flags, from.memory(), from.length());
      if (received >= 0) {
        return received;
      }
      if (retryOrBlock("recvfrom")) {
        return WOULD_BLOCK;
      }
    }
  }

  private Pointer native_(SockAddr address) {
    Pointer a = memory(address.bytes().length);
    a.put(0, address.bytes(), 0, address.bytes().length);
    return a;
  }
}
