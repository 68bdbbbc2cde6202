package dev.baton.sys;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The system calls that Baton uses, one method each. The interface is the seam for tests that make
 * the k-th call fail.
 *
 * <p>Rules for every method: a failure is a {@link SysException} with the call and errno; EINTR is
 * retried inside (but {@link #close} and {@link #epollWait}, which say so); a call that would block
 * returns {@link #WOULD_BLOCK}; whatever creates a descriptor creates it close-on-exec. Descriptors
 * are plain numbers here and nowhere above. Thread-safe, but for the buffers passed in.
 */
public interface Posix {
  /** What a non-blocking call returns instead of blocking. */
  int WOULD_BLOCK = -1;

  /** The real kernel, through jnr-ffi. */
  static Posix system() {
    return JnrPosix.instance();
  }

  // Sockets

  /** {@code socketpair(2)} in AF_UNIX. */
  FdPair socketpair(int type) throws SysException;

  /** {@code socket(2)}. */
  int socket(int domain, int type, int protocol) throws SysException;

  /** {@code bind(2)}. */
  void bind(int fd, SockAddr address) throws SysException;

  /** {@code listen(2)}. */
  void listen(int fd, int backlog) throws SysException;

  /**
   * {@code connect(2)}; {@link #WOULD_BLOCK} where a non-blocking connect has only begun, and in
   * AF_UNIX, where it has not begun, because the listener's queue is full.
   */
  int connect(int fd, SockAddr address) throws SysException;

  /**
   * {@code accept4(2)}, non-blocking and close-on-exec: the descriptor, or {@link #WOULD_BLOCK}.
   */
  int accept4(int fd) throws SysException;

  /**
   * As {@link #accept4(int)}, and fills {@code peer} with the client's address. Allocates nothing.
   */
  int accept4(int fd, PeerAddress peer) throws SysException;

  /** {@code getsockname(2)}. */
  SockAddr getsockname(int fd) throws SysException;

  /** {@code setsockopt(2)} with an int value. */
  void setsockopt(int fd, int level, int option, int value) throws SysException;

  /** {@code setsockopt(2)} with a structure, such as {@code ip_mreqn}. */
  void setsockopt(int fd, int level, int option, byte[] value) throws SysException;

  /**
   * SO_ATTACH_REUSEPORT_CBPF ({@code socket(7)}): the program tells by its result which socket of
   * the SO_REUSEPORT group gets a connection or datagram, counted as the kernel has them in order.
   * It replaces the group's program, whichever of its sockets {@code fd} is.
   */
  void attachReuseportFilter(int fd, SocketFilter program) throws SysException;

  /** {@code getsockopt(2)} with an int value. */
  int getsockopt(int fd, int level, int option) throws SysException;

  /** {@code getsockopt(2)} of a structure: its first {@code target.length} bytes at most. */
  void getsockopt(int fd, int level, int option, byte[] target) throws SysException;

  /** SO_COOKIE: a number unique to the socket for the life of the kernel ({@code socket(7)}). */
  long socketCookie(int fd) throws SysException;

  /** SO_PEERCRED of a connected UNIX-domain socket ({@code unix(7)}). */
  PeerCredentials peerCredentials(int fd) throws SysException;

  /** {@code shutdown(2)}: acts on every copy of the socket, in every process. */
  void shutdown(int fd, int how) throws SysException;

  /** {@code sendmsg(2)} with MSG_NOSIGNAL: bytes sent, or {@link #WOULD_BLOCK}. */
  int sendmsg(int fd, MessageBuffer message, int flags) throws SysException;

  /**
   * {@code recvmsg(2)} with MSG_CMSG_CLOEXEC: bytes received, 0 at end-of-file, or {@link
   * #WOULD_BLOCK}. Descriptors that came are in the buffer and belong to the caller.
   */
  int recvmsg(int fd, MessageBuffer message, int flags) throws SysException;

  /**
   * {@code sendto(2)} with MSG_NOSIGNAL of the first {@code length} bytes: bytes sent, or {@link
   * #WOULD_BLOCK}.
   *
   * @param to where to; null on a connected socket
   */
  int sendto(int fd, byte[] source, int length, int flags, SockAddr to) throws SysException;

  /**
   * {@code recvfrom(2)} of at most {@code length} bytes into the start of {@code target}: bytes
   * received, or {@link #WOULD_BLOCK}. 0 is an empty datagram, or a stream's end-of-file. With
   * MSG_TRUNC among the flags the datagram's full length is returned, which may be more.
   *
   * @param from is filled with the sender's address
   */
  int recvfrom(int fd, byte[] target, int length, int flags, PeerAddress from) throws SysException;

  /** FIONREAD ({@code tcp(7)}, {@code udp(7)}, {@code unix(7)}): bytes that a read would find. */
  int queuedBytes(int fd) throws SysException;

  // Descriptors and files

  /**
   * {@code close(2)}. Never retried: on Linux the number is free whatever the call returns, and a
   * second close could hit a newcomer.
   */
  void close(int fd) throws SysException;

  /** F_DUPFD_CLOEXEC with a floor of 3 ({@code fcntl(2)}). */
  int duplicate(int fd) throws SysException;

  /**
   * {@code dup2(2)}: what {@code target} named before is closed in the same instant; the copy stays
   * open over an exec.
   */
  void duplicateOnto(int fd, int target) throws SysException;

  /** F_GETFL. */
  int statusFlags(int fd) throws SysException;

  /** F_SETFL: O_NONBLOCK and O_APPEND belong to the open file description, so to all holders. */
  void setStatusFlags(int fd, int flags) throws SysException;

  /** F_GETFD and FD_CLOEXEC. */
  boolean closeOnExec(int fd) throws SysException;

  /** F_SETFD: whether an exec is to close the descriptor. */
  void setCloseOnExec(int fd, boolean close) throws SysException;

  /**
   * {@code close_range(2)} with CLOSE_RANGE_CLOEXEC: an exec closes this number and all above,
   * those that the JDK has opened without saying so, too.
   */
  void closeAllOnExec(int from) throws SysException;

  /** {@code open(2)}; O_CLOEXEC is added. */
  int open(String path, int flags, int mode) throws SysException;

  /**
   * {@code openat2(2)}; O_CLOEXEC is added. ENOSYS where the kernel has none (before 5.6), EXDEV
   * and ELOOP where {@code resolve} forbids a step, EAGAIN where a rename came between.
   *
   * @param directory where a relative path begins, or AT_FDCWD
   * @param path without a final NUL; one inside it ends the path
   * @param resolve RESOLVE_ flags
   */
  int openat2(int directory, byte[] path, int flags, int mode, int resolve) throws SysException;

  /** {@code statx(2)} of an open file, O_PATH ones included. */
  void statx(int fd, FileStatus into) throws SysException;

  /** {@code fchmod(2)}; on an unbound UNIX-domain socket it sets the mode its name will get. */
  void fchmod(int fd, int mode) throws SysException;

  /** {@code read(2)} into {@code target}: bytes, 0 at end-of-file, or {@link #WOULD_BLOCK}. */
  int read(int fd, byte[] target) throws SysException;

  /** {@code write(2)} of the first {@code length} bytes: bytes written, or {@link #WOULD_BLOCK}. */
  int write(int fd, byte[] source, int length) throws SysException;

  /** {@code lseek(2)}. */
  long lseek(int fd, long offset, int whence) throws SysException;

  /** {@code memfd_create(2)} that allows seals. */
  int memfdCreate(String name) throws SysException;

  /** F_ADD_SEALS. */
  void addSeals(int fd, int seals) throws SysException;

  /** F_GET_SEALS; EINVAL when the descriptor is no memfd. */
  int seals(int fd) throws SysException;

  // Waiting

  /** {@code poll(2)} on one descriptor: the events that are there, 0 after {@code millis}. */
  int poll(int fd, int events, int millis) throws SysException;

  /** {@code epoll_create1(2)}. */
  int epollCreate() throws SysException;

  /** {@code epoll_ctl(2)}; {@code token} comes back from {@link #epollWait}. */
  void epollCtl(int epoll, int operation, int fd, int events, long token) throws SysException;

  /** {@code epoll_wait(2)}: how many events are in the buffer; 0 after {@code millis} or EINTR. */
  int epollWait(int epoll, EpollEvents events, int millis) throws SysException;

  /** {@code eventfd(2)}, non-blocking. */
  int eventfd() throws SysException;

  /**
   * {@code signalfd(2)}, non-blocking, of signals that every thread must have blocked: they are
   * read there, 128 bytes each with the number first, instead of being delivered.
   */
  int signalfd(int... signals) throws SysException;

  // Processes

  /**
   * {@code posix_spawn(3)} as a session leader with an empty signal mask, default dispositions and
   * exactly the descriptors of the request. Returns the pid once the program runs: a failed exec is
   * an exception. The child is ours to reap.
   */
  int spawn(SpawnRequest request) throws SysException;

  /**
   * {@code execve(2)}: this process becomes another program, with its pid, its children, the
   * signals that are blocked and pending, and what is not close-on-exec. Returns only by failing.
   */
  void execve(String path, List<String> arguments, List<String> environment) throws SysException;

  /**
   * {@code waitid(2)} with P_ALL, WNOHANG and WNOWAIT: a child that has ended and was not reaped,
   * and is not reaped by this; 0 when there is none.
   */
  int endedChild() throws SysException;

  /** {@code waitpid(2)} with WNOHANG for one child: empty while it runs. */
  Optional<WaitStatus> waitpid(int pid) throws SysException;

  /** {@code waitpid(2)} for one child, waiting until it has ended. */
  WaitStatus awaitExit(int pid) throws SysException;

  /** {@code pidfd_open(2)}. */
  int pidfdOpen(int pid) throws SysException;

  /** {@code kill(2)}; a negative pid names a process group. */
  void kill(int pid, int signal) throws SysException;

  /**
   * {@code setpriority(2)} of a single thread, which is what PRIO_PROCESS means on Linux.
   *
   * @param thread its number in the kernel; 0: the one that calls
   */
  void setNice(int thread, int nice) throws SysException;

  /**
   * {@code sched_setattr(2)} of a thread that keeps its policy, SCHED_OTHER or SCHED_BATCH: who
   * wakes with a shorter slice than the one that runs takes its CPU at once (Linux 6.12, which
   * takes the slice from {@code sched_runtime}; before, it is ignored).
   *
   * @param thread its number in the kernel; 0: the one that calls
   * @param nice which the call sets as well
   * @param nanos the slice of this thread, and of those that it makes from now on, 0.1 to 100 ms;
   *     0: as the kernel has it
   * @throws SysException with ENOSYS, too, on a machine of an unknown kind
   */
  void setSlice(int thread, int nice, long nanos) throws SysException;

  /**
   * {@code sched_setaffinity(2)}: which CPUs a thread, and those that it makes from now on, may run
   * on.
   *
   * @param thread its number in the kernel; 0: the one that calls
   * @param cpus their numbers; EINVAL if none of them is the process's to have
   */
  void setAffinity(int thread, BitSet cpus) throws SysException;
}
