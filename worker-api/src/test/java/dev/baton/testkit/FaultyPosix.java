package dev.baton.testkit;

import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A {@link Posix} whose k-th call fails before the kernel is asked. {@code close} is always carried
 * out and never counted: on Linux the number is free whatever close(2) returns. Thread-safe.
 */
public final class FaultyPosix {
  /** Methods whose system call has another name than they have. */
  private static final Map<String, String> SYSTEM_CALLS =
      Map.ofEntries(
          Map.entry("socketCookie", "getsockopt"),
          Map.entry("peerCredentials", "getsockopt"),
          Map.entry("attachReuseportFilter", "setsockopt"),
          Map.entry("queuedBytes", "ioctl"),
          Map.entry("duplicate", "fcntl"),
          Map.entry("statusFlags", "fcntl"),
          Map.entry("setStatusFlags", "fcntl"),
          Map.entry("closeOnExec", "fcntl"),
          Map.entry("setCloseOnExec", "fcntl"),
          Map.entry("closeAllOnExec", "close_range"),
          Map.entry("addSeals", "fcntl"),
          Map.entry("seals", "fcntl"),
          Map.entry("memfdCreate", "memfd_create"),
          Map.entry("epollCreate", "epoll_create1"),
          Map.entry("epollCtl", "epoll_ctl"),
          Map.entry("epollWait", "epoll_wait"),
          Map.entry("pidfdOpen", "pidfd_open"),
          Map.entry("spawn", "posix_spawn"));

  private final Posix real;
  private final int failing;
  private final Errno errno;
  private final Set<String> spared = new HashSet<>(Set.of("close"));
  private final List<String> calls = new ArrayList<>();
  private String only;
  private int counted;
  private final Posix proxy;

  /**
   * @param failing which counted call fails, from 1; 0 for none
   * @param errno what it fails with
   */
  public FaultyPosix(Posix real, int failing, Errno errno) {
    this.real = real;
    this.failing = failing;
    this.errno = errno;
    this.proxy =
        (Posix)
            Proxy.newProxyInstance(
                Posix.class.getClassLoader(),
                new Class<?>[] {Posix.class},
                (self, method, arguments) -> invoke(method, arguments));
  }

  /**
   * Never fails these and does not count them, for instance {@code "waitpid"} and {@code "kill"},
   * with which a test cleans up.
   *
   * @param methods names of methods of {@link Posix}
   */
  public FaultyPosix sparing(String... methods) {
    spared.addAll(List.of(methods));
    return this;
  }

  /**
   * Counts and fails calls of this one method only.
   *
   * @param method name of a method of {@link Posix}
   */
  public FaultyPosix only(String method) {
    only = method;
    return this;
  }

  /** What the code under test gets. */
  public Posix posix() {
    return proxy;
  }

  /** The methods called so far, in order, the spared ones too. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** How many calls could have failed so far. */
  public synchronized int counted() {
    return counted;
  }

  /** Whether the failure has happened. */
  public synchronized boolean failed() {
    return failing > 0 && counted >= failing;
  }

  private Object invoke(Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() != Object.class) {
      note(method.getName());
    }
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private synchronized void note(String name) throws SysException {
    calls.add(name);
    boolean counts = only == null ? !spared.contains(name) : only.equals(name);
    if (counts && ++counted == failing) {
      throw new SysException(SYSTEM_CALLS.getOrDefault(name, name), errno.number());
    }
  }
}
