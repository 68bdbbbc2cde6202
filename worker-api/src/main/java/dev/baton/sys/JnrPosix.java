package dev.baton.sys;

import static dev.baton.sys.Constants.AF_UNIX;
import static dev.baton.sys.Constants.MSG_CMSG_CLOEXEC;
import static dev.baton.sys.Constants.MSG_NOSIGNAL;
import static dev.baton.sys.Constants.O_CLOEXEC;
import static dev.baton.sys.Constants.SOCK_CLOEXEC;
import static dev.baton.sys.Constants.SOCK_NONBLOCK;
import static dev.baton.sys.Constants.SOL_SOCKET;
import static dev.baton.sys.Constants.SO_COOKIE;
import static dev.baton.sys.Constants.SO_PEERCRED;

import java.util.Optional;
import java.util.function.LongSupplier;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * {@link Posix} on the real kernel. An own small binding instead of jnr-posix, whose first call
 * alone takes longer than all else that a worker does to start.
 */
final class JnrPosix implements Posix {
  private static final int F_GETFD = 1;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_ADD_SEALS = 1033;
  private static final int F_GET_SEALS = 1034;
  private static final int FD_CLOEXEC = 1;
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int EPOLL_CLOEXEC = 02000000;
  private static final int EFD_CLOEXEC = 02000000;
  private static final int EFD_NONBLOCK = 04000;
  private static final int WNOHANG = 1;
  private static final int SYS_PIDFD_OPEN = 434;
  private static final int ADDRESS_MAX = 128;

  private static final class Holder {
    static final JnrPosix INSTANCE = new JnrPosix(LibC.INSTANCE);
  }

  private final LibC c;
  private final Runtime runtime;
  private final Spawner spawner;

  private JnrPosix(LibC c) {
    this.c = c;
    this.runtime = Runtime.getRuntime(c);
    this.spawner = new Spawner(c, runtime);
  }

  static JnrPosix instance() {
    return Holder.INSTANCE;
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
  public void close(int fd) throws SysException {
    if (c.close(fd) < 0) {
      int number = errno();
      if (number != Errno.EINTR.number()) {
        throw new SysException("close", number);
      }
    }
  }

  @Override
  public int duplicate(int fd) throws SysException {
    return check("fcntl", () -> c.fcntl(fd, F_DUPFD_CLOEXEC, 3));
  }

  @Override
  public int statusFlags(int fd) throws SysException {
    return check("fcntl", () -> c.fcntl(fd, F_GETFL, 0));
  }

  @Override
  public void setStatusFlags(int fd, int flags) throws SysException {
    check("fcntl", () -> c.fcntl(fd, F_SETFL, flags));
  }

  @Override
  public boolean closeOnExec(int fd) throws SysException {
    return (check("fcntl", () -> c.fcntl(fd, F_GETFD, 0)) & FD_CLOEXEC) != 0;
  }

  @Override
  public int open(String path, int flags, int mode) throws SysException {
    return check("open", () -> c.open(path, flags | O_CLOEXEC, mode));
  }

  @Override
  public void fchmod(int fd, int mode) throws SysException {
    check("fchmod", () -> c.fchmod(fd, mode));
  }

  @Override
  public int read(int fd, byte[] target) throws SysException {
    Pointer buffer = memory(Math.max(1, target.length));
    int read = mayBlock("read", () -> c.read(fd, buffer, target.length));
    if (read > 0) {
      buffer.get(0, target, 0, read);
    }
    return read;
  }

  @Override
  public int write(int fd, byte[] source, int length) throws SysException {
    Pointer buffer = memory(Math.max(1, length));
    buffer.put(0, source, 0, length);
    return mayBlock("write", () -> c.write(fd, buffer, length));
  }

  @Override
  public long lseek(int fd, long offset, int whence) throws SysException {
    long position = c.lseek(fd, offset, whence);
    if (position < 0) {
      throw new SysException("lseek", errno());
    }
    return position;
  }

  @Override
  public int memfdCreate(String name) throws SysException {
    return check("memfd_create", () -> c.memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  }

  @Override
  public void addSeals(int fd, int seals) throws SysException {
    check("fcntl", () -> c.fcntl(fd, F_ADD_SEALS, seals));
  }

  @Override
  public int seals(int fd) throws SysException {
    return check("fcntl", () -> c.fcntl(fd, F_GET_SEALS, 0));
  }

  @Override
  public int poll(int fd, int events, int millis) throws SysException {
    Pointer entry = memory(8);
    entry.putInt(0, fd);
    entry.putShort(4, (short) events);
    check("poll", () -> c.poll(entry, 1, millis));
    return entry.getShort(6);
  }

  @Override
  public int epollCreate() throws SysException {
    return check("epoll_create1", () -> c.epoll_create1(EPOLL_CLOEXEC));
  }

  @Override
  public void epollCtl(int epoll, int operation, int fd, int events, long token)
      throws SysException {
    Pointer event = memory(EpollEvents.SIZE);
    event.putInt(0, events);
    event.putLong(EpollEvents.DATA, token);
    check("epoll_ctl", () -> c.epoll_ctl(epoll, operation, fd, event));
  }

  @Override
  public int epollWait(int epoll, EpollEvents events, int millis) throws SysException {
    int ready = c.epoll_wait(epoll, events.memory(), events.capacity(), millis);
    if (ready < 0) {
      int number = errno();
      if (number != Errno.EINTR.number()) {
        throw new SysException("epoll_wait", number);
      }
      return 0;
    }
    return ready;
  }

  @Override
  public int eventfd() throws SysException {
    return check("eventfd", () -> c.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  }

  @Override
  public int spawn(SpawnRequest request) throws SysException {
    return spawner.spawn(request);
  }

  @Override
  public Optional<WaitStatus> waitpid(int pid) throws SysException {
    Pointer status = memory(4);
    int reaped = check("waitpid", () -> c.waitpid(pid, status, WNOHANG));
    return reaped == 0 ? Optional.empty() : Optional.of(WaitStatus.decode(status.getInt(0)));
  }

  @Override
  public WaitStatus awaitExit(int pid) throws SysException {
    Pointer status = memory(4);
    check("waitpid", () -> c.waitpid(pid, status, 0));
    return WaitStatus.decode(status.getInt(0));
  }

  @Override
  public int pidfdOpen(int pid) throws SysException {
    return check("pidfd_open", () -> c.syscall(SYS_PIDFD_OPEN, pid, 0));
  }

  @Override
  public void kill(int pid, int signal) throws SysException {
    check("kill", () -> c.kill(pid, signal));
  }

  private Pointer memory(int size) {
    return Memory.allocateDirect(runtime, size, true);
  }

  private Pointer native_(SockAddr address) {
    Pointer a = memory(address.bytes().length);
    a.put(0, address.bytes(), 0, address.bytes().length);
    return a;
  }

  private int errno() {
    return runtime.getLastError();
  }

  /** The result, with EINTR retried and every other error thrown. */
  private int check(String name, LongSupplier call) throws SysException {
    for (; ; ) {
      long result = call.getAsLong();
      if (result >= 0) {
        return (int) result;
      }
      int number = errno();
      if (number != Errno.EINTR.number()) {
        throw new SysException(name, number);
      }
    }
  }

  /** As {@link #check}, but {@link #WOULD_BLOCK} instead of EAGAIN. */
  private int mayBlock(String name, LongSupplier call) throws SysException {
    for (; ; ) {
      long result = call.getAsLong();
      if (result >= 0) {
        return (int) result;
      }
      if (retryOrBlock(name)) {
        return WOULD_BLOCK;
      }
    }
  }

  /** After a failed call: true when it would block, false to try again, else its exception. */
  private boolean retryOrBlock(String name) throws SysException {
    int number = errno();
    if (number == Errno.EAGAIN.number() || number == Errno.EINPROGRESS.number()) {
      return true;
    }
    if (number == Errno.EINTR.number()) {
      return false;
    }
    throw new SysException(name, number);
  }
}
