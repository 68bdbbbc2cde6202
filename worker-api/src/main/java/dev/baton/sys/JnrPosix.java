package dev.baton.sys;

import static dev.baton.sys.Constants.O_CLOEXEC;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * {@link Posix} on the real kernel. An own small binding instead of jnr-posix, whose first call
 * alone takes longer than all else that a worker does to start. Sockets are in {@link JnrSockets}.
 */
final class JnrPosix extends JnrSockets {
  private static final int F_GETFD = 1;
  private static final int F_SETFD = 2;
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
  private static final int SFD_CLOEXEC = 02000000;
  private static final int SFD_NONBLOCK = 04000;

  /** {@code sigset_t} of glibc; signal n is bit n - 1. */
  private static final int SIGNAL_SET = 128;

  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x1000000;
  private static final int P_ALL = 0;

  /** {@code siginfo_t}, and where {@code si_pid} is in it on 64-bit Linux. */
  private static final int SIGINFO_SIZE = 128;

  private static final int SIGINFO_PID = 16;
  private static final int PRIO_PROCESS = 0;
  private static final int SYS_PIDFD_OPEN = 434;
  private static final int SYS_CLOSE_RANGE = 436;
  private static final int SYS_OPENAT2 = 437;
  private static final int CLOSE_RANGE_CLOEXEC = 4;
  private static final long LAST_DESCRIPTOR = 0xffff_ffffL;

  /** Older than the numbers that all architectures share. */
  private static final int SYS_SCHED_SETATTR =
      switch (System.getProperty("os.arch")) {
        case "amd64" -> 314;
        case "aarch64" -> 274;
        default -> 0;
      };

  /** The first version of {@code struct sched_attr}, and where its fields are. */
  private static final int SCHED_ATTR = 48;

  private static final int SCHED_FLAGS = 8;
  private static final long SCHED_FLAG_KEEP_POLICY = 0x08;
  private static final int SCHED_NICE = 16;
  private static final int SCHED_RUNTIME = 24;
  private static final int OPEN_HOW = 24;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;

  private static final class Holder {
    static final JnrPosix INSTANCE = new JnrPosix(LibC.INSTANCE);
  }

  private final Spawner spawner;

  private JnrPosix(LibC c) {
    super(c);
    this.spawner = new Spawner(c, runtime);
  }

  static JnrPosix instance() {
    return Holder.INSTANCE;
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
  public void duplicateOnto(int fd, int target) throws SysException {
    check("dup2", () -> c.dup2(fd, target));
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
  public void setCloseOnExec(int fd, boolean close) throws SysException {
    check("fcntl", () -> c.fcntl(fd, F_SETFD, close ? FD_CLOEXEC : 0));
  }

  @Override
  public void closeAllOnExec(int from) throws SysException {
    check(
        "close_range",
        () -> c.syscall(SYS_CLOSE_RANGE, from, LAST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC));
  }

  @Override
  public int open(String path, int flags, int mode) throws SysException {
    return check("open", () -> c.open(path, flags | O_CLOEXEC, mode));
  }

  @Override
  public int openat2(int directory, byte[] path, int flags, int mode, int resolve)
      throws SysException {
    Pointer memory = scratch.take(OPEN_HOW + path.length + 1);
    try {
      memory.putLong(0, flags | O_CLOEXEC);
      memory.putLong(8, mode);
      memory.putLong(16, resolve);
      memory.put(OPEN_HOW, path, 0, path.length);
      memory.putByte(OPEN_HOW + path.length, (byte) 0);
      Pointer name = memory.slice(OPEN_HOW);
      return check("openat2", () -> c.syscall(SYS_OPENAT2, directory, name, memory, OPEN_HOW));
    } finally {
      scratch.give(memory);
    }
  }

  @Override
  public void statx(int fd, FileStatus into) throws SysException {
    check("statx", () -> c.statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, into.memory()));
  }

  @Override
  public void fchmod(int fd, int mode) throws SysException {
    check("fchmod", () -> c.fchmod(fd, mode));
  }

  @Override
  public int read(int fd, byte[] target) throws SysException {
    Pointer data = scratch.take(target.length);
    try {
      int read = readInto(fd, data, target.length);
      if (read > 0) {
        data.get(0, target, 0, read);
      }
      return read;
    } finally {
      scratch.give(data);
    }
  }

  @Override
  public int write(int fd, byte[] source, int length) throws SysException {
    Pointer data = scratch.take(length);
    try {
      data.put(0, source, 0, length);
      return writeFrom(fd, data, length);
    } finally {
      scratch.give(data);
    }
  }

  // Not by mayBlock: what wakes a thread must not cost a lambda each time.

  private int readInto(int fd, Pointer data, int length) throws SysException {
    for (; ; ) {
      long read = c.read(fd, data, length);
      if (read >= 0) {
        return (int) read;
      }
      if (retryOrBlock("read")) {
        return WOULD_BLOCK;
      }
    }
  }

  private int writeFrom(int fd, Pointer data, int length) throws SysException {
    for (; ; ) {
      long written = c.write(fd, data, length);
      if (written >= 0) {
        return (int) written;
      }
      if (retryOrBlock("write")) {
        return WOULD_BLOCK;
      }
    }
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
  public int signalfd(int... signals) throws SysException {
    Pointer set = memory(SIGNAL_SET);
    long bits = 0;
    for (int signal : signals) {
      bits |= 1L << (signal - 1);
    }
    set.putLong(0, bits);
    return check("signalfd", () -> c.signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  @Override
  public void execve(String path, List<String> arguments, List<String> environment)
      throws SysException {
    CStrings argv = new CStrings(runtime, arguments);
    CStrings envp = new CStrings(runtime, environment);
    check("execve", () -> c.execve(path, argv.pointers(), envp.pointers()));
  }

  @Override
  public int spawn(SpawnRequest request) throws SysException {
    return spawner.spawn(request);
  }

  @Override
  public int endedChild() throws SysException {
    Pointer info = memory(SIGINFO_SIZE);
    info.putInt(SIGINFO_PID, 0); // which stays so when there is none
    try {
      check("waitid", () -> c.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT));
    } catch (SysException e) {
      if (e.errno() == Errno.ECHILD) {
        return 0;
      }
      throw e;
    }
    return info.getInt(SIGINFO_PID);
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

  @Override
  public void setNice(int thread, int nice) throws SysException {
    check("setpriority", () -> c.setpriority(PRIO_PROCESS, thread, nice));
  }

  @Override
  public void setSlice(int thread, int nice, long nanos) throws SysException {
    if (SYS_SCHED_SETATTR == 0) {
      throw new SysException("sched_setattr", Errno.ENOSYS.number());
    }
    Pointer attributes = memory(SCHED_ATTR);
    attributes.putInt(0, SCHED_ATTR);
    attributes.putLong(SCHED_FLAGS, SCHED_FLAG_KEEP_POLICY);
    attributes.putInt(SCHED_NICE, nice);
    attributes.putLong(SCHED_RUNTIME, nanos);
    check("sched_setattr", () -> c.syscall(SYS_SCHED_SETATTR, thread, attributes, null, 0));
  }

  @Override
  public void setAffinity(int thread, BitSet cpus) throws SysException {
    long[] words = cpus.toLongArray();
    int size = Math.max(1, words.length) * Long.BYTES;
    Pointer mask = memory(size);
    mask.put(0, words, 0, words.length);
    check("sched_setaffinity", () -> c.sched_setaffinity(thread, size, mask));
  }
}
