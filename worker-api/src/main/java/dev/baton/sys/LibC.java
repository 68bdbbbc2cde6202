package dev.baton.sys;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.Encoding;
import jnr.ffi.types.mode_t;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The C functions behind {@link JnrPosix}, bound by jnr-ffi. Texts are UTF-8 like argv and the
 * environment, not in the JVM's default, which is ASCII in an empty locale on JDK 17.
 *
 * <p>Public only because jnr-ffi generates its implementation in a class loader of its own.
 */
public interface LibC {
  LibC INSTANCE = LibraryLoader.create(LibC.class).load("c");

  int socketpair(int domain, int type, int protocol, Pointer pair);

  int socket(int domain, int type, int protocol);

  int bind(int fd, Pointer address, int length);

  int listen(int fd, int backlog);

  int connect(int fd, Pointer address, int length);

  int accept4(int fd, Pointer address, Pointer length, int flags);

  int getsockname(int fd, Pointer address, Pointer length);

  int setsockopt(int fd, int level, int option, Pointer value, int length);

  int getsockopt(int fd, int level, int option, Pointer value, Pointer length);

  int shutdown(int fd, int how);

  int ioctl(int fd, long request, Pointer argument);

  @ssize_t
  long sendto(
      int fd, Pointer data, @size_t long count, int flags, Pointer address, int addressLength);

  @ssize_t
  long recvfrom(
      int fd, Pointer data, @size_t long count, int flags, Pointer address, Pointer addressLength);

  @ssize_t
  long sendmsg(int fd, Pointer message, int flags);

  @ssize_t
  long recvmsg(int fd, Pointer message, int flags);

  int close(int fd);

  int dup2(int fd, int target);

  int fcntl(int fd, int command, int argument);

  int open(@Encoding("UTF-8") String path, int flags, int mode);

  int fchmod(int fd, @mode_t int mode);

  @ssize_t
  long read(int fd, Pointer buffer, @size_t long length);

  @ssize_t
  long write(int fd, Pointer buffer, @size_t long length);

  @off_t
  long lseek(int fd, @off_t long offset, int whence);

  int memfd_create(String name, int flags);

  int poll(Pointer entries, @size_t long count, int millis);

  int epoll_create1(int flags);

  int epoll_ctl(int epoll, int operation, int fd, Pointer event);

  int epoll_wait(int epoll, Pointer events, int capacity, int millis);

  int eventfd(int initial, int flags);

  int signalfd(int fd, Pointer set, int flags);

  int execve(@Encoding("UTF-8") String path, Pointer argv, Pointer envp);

  int kill(int pid, int signal);

  int setpriority(int which, int who, int nice);

  int sched_setaffinity(int thread, @size_t long size, Pointer cpus);

  int waitpid(int pid, Pointer status, int options);

  int waitid(int type, int id, Pointer info, int options);

  long syscall(long number, long a, long b);

  long syscall(long number, long a, long b, long c);

  long syscall(long number, long a, Pointer b, Pointer c, long d);

  int statx(int directory, String path, int flags, int mask, Pointer status);

  int posix_spawn(
      Pointer pid,
      @Encoding("UTF-8") String path,
      Pointer actions,
      Pointer attributes,
      Pointer argv,
      Pointer envp);

  int posix_spawn_file_actions_init(Pointer actions);

  int posix_spawn_file_actions_destroy(Pointer actions);

  int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

  int posix_spawn_file_actions_addchdir_np(Pointer actions, @Encoding("UTF-8") String path);

  int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

  int posix_spawnattr_init(Pointer attributes);

  int posix_spawnattr_destroy(Pointer attributes);

  int posix_spawnattr_setflags(Pointer attributes, short flags);

  int posix_spawnattr_setsigmask(Pointer attributes, Pointer set);

  int posix_spawnattr_setsigdefault(Pointer attributes, Pointer set);
}
