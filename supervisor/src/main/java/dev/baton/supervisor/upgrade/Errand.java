package dev.baton.supervisor.upgrade;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.loop.Timers;
import dev.baton.supervisor.process.Children;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SpawnRequest;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A program that is started to tell something, and leads a session of its own. Its output is kept
 * in memory, as far as it is of use. Only for the loop's thread.
 */
final class Errand {
  private static final int MOST = 256 << 10;

  private final Posix posix;
  private final Children children;
  private final int pid;
  private final FdBag fds = new FdBag();
  private final OwnedFd pidfd;
  private final OwnedFd out;
  private final OwnedFd err;
  private final Consumer<Outcome> ended;
  private final Loop.Interest interest;
  private final Timers.Timer deadline;
  private boolean late;

  /**
   * How it ended.
   *
   * @param status empty when somebody else has reaped it
   * @param late whether it was ended because it took too long
   */
  record Outcome(Optional<WaitStatus> status, boolean late, String out, String err) {
    boolean good() {
      return status.filter(s -> s.code() == 0 && s.signal() == 0).isPresent();
    }

    /** How it ended, in words. */
    String end() {
      if (late) {
        return "took too long";
      }
      return status
          .map(
              s -> s.signal() != 0 ? "was ended by signal " + s.signal() : "ended with " + s.code())
          .orElse("ended");
    }

    /** Its last words. */
    List<String> lines(int most) {
      List<String> all = new ArrayList<>((err + out).lines().filter(l -> !l.isBlank()).toList());
      return all.subList(Math.max(0, all.size() - most), all.size());
    }
  }

  /**
   * Starts one.
   *
   * @param given becomes its descriptor 3; borrowed for the call; null for none
   * @param ended told of the end, once
   * @throws SysException when it cannot be started
   */
  Errand(
      Posix posix,
      Loop loop,
      Children children,
      List<String> command,
      Map<String, String> environment,
      OwnedFd given,
      Duration patience,
      Consumer<Outcome> ended)
      throws SysException {
    this.posix = posix;
    this.children = children;
    this.ended = ended;
    try {
      out = fds.add(OwnedFd.of(posix, posix.memfdCreate("baton-out"), "output"));
      err = fds.add(OwnedFd.of(posix, posix.memfdCreate("baton-err"), "errors"));
      pid = spawn(command, environment, given);
      pidfd = fds.add(OwnedFd.of(posix, posix.pidfdOpen(pid), "pidfd:errand"));
      interest = loop.watch(pidfd::borrow, this::readable, () -> {});
    } catch (SysException e) {
      fds.close();
      throw e;
    }
    deadline = loop.timers().at(loop.now() + patience.toNanos(), this::tooLate);
  }

  private int spawn(List<String> command, Map<String, String> environment, OwnedFd given)
      throws SysException {
    List<String> variables =
        environment.entrySet().stream().map(e -> e.getKey() + '=' + e.getValue()).toList();
    try (OwnedFd in =
        OwnedFd.of(posix, posix.open("/dev/null", Constants.O_RDONLY, 0), "/dev/null")) {
      List<Integer> numbers = new ArrayList<>();
      in.use(n -> numbers.add(n));
      out.use(n -> numbers.add(n));
      err.use(n -> numbers.add(n));
      if (given != null) {
        given.use(n -> numbers.add(n));
      }
      SpawnRequest request =
          new SpawnRequest(command.get(0), command, variables, Optional.empty(), numbers);
      return children.make(() -> posix.spawn(request));
    }
  }

  private void tooLate() {
    late = true;
    kill();
  }

  /** Ends it and what it has started; it is told as any end. */
  void kill() {
    try {
      posix.kill(-pid, Constants.SIGKILL);
    } catch (SysException e) {
      if (e.errno() != Errno.ESRCH) {
        throw new IllegalStateException("process " + pid + " cannot be ended", e);
      }
    }
  }

  private void readable() {
    Optional<WaitStatus> status;
    try {
      status = posix.waitpid(pid);
    } catch (SysException e) {
      status = Optional.empty();
    }
    children.reaped(pid);
    interest.cancel();
    deadline.cancel();
    Outcome outcome = new Outcome(status, late, text(out), text(err));
    fds.close();
    ended.accept(outcome);
  }

  private String text(OwnedFd memory) {
    byte[] bytes = new byte[MOST];
    try {
      long length = memory.<Long, SysException>borrow(n -> posix.lseek(n, 0, Constants.SEEK_END));
      long from = Math.max(0, length - MOST);
      memory.<Long, SysException>borrow(n -> posix.lseek(n, from, Constants.SEEK_SET));
      int read = memory.<Integer, SysException>borrow(n -> posix.read(n, bytes));
      return new String(bytes, 0, Math.max(0, read), StandardCharsets.UTF_8);
    } catch (SysException e) {
      return "";
    }
  }
}
