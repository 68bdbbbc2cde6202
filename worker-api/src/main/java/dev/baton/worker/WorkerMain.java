package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.PrintStream;

/**
 * The program of a worker process. The supervisor starts it with its control channel open and the
 * channel's number in {@code BATON_CHANNEL_FD}.
 *
 * <p>Exit codes: 0 stopped as asked, or the supervisor is gone; 1 the plugin failed; 100 the plugin
 * cannot be used, or nobody's worker; 101 a defect of this library; 111 a system call failed. What
 * the plugin passes to {@link System#exit} is its own.
 *
 * <p>When the supervisor is gone, the worker serves on for a while and rejoins the next supervisor;
 * when none comes, the plugin is drained and stopped and the process exits.
 */
public final class WorkerMain {
  /** The environment variable with the number of the control channel. */
  public static final String CHANNEL_VARIABLE = "BATON_CHANNEL_FD";

  private static final long ORPHAN_STOP_MILLIS = 5_000;

  private WorkerMain() {}

  /** Runs until the supervisor or the plugin ends it; never returns. */
  public static void main(String[] args) {
    System.exit(run(System.getenv(CHANNEL_VARIABLE), System.err));
  }

  static int run(String number, PrintStream log) {
    if (number == null) {
      log.println(
          "this program is started by the Baton supervisor (" + CHANNEL_VARIABLE + " is not set)");
      return ExitCode.UNUSABLE;
    }
    try {
      Posix posix = Posix.system();
      OwnedFd channel = channel(posix, number);
      if (channel == null) {
        log.println(
            "this program is started by the Baton supervisor ("
                + CHANNEL_VARIABLE
                + " is \""
                + number
                + "\", which is no control channel)");
        return ExitCode.UNUSABLE;
      }
      return new WorkerProcess(posix, channel, log, Runtime.getRuntime()::halt, ORPHAN_STOP_MILLIS)
          .run();
    } catch (RuntimeException | Error e) {
      log.println("baton: this is a defect of worker-api " + Sdk.version());
      e.printStackTrace(log);
      return ExitCode.BUG;
    }
  }

  /** Null when the number is not that of a SOCK_SEQPACKET socket. */
  private static OwnedFd channel(Posix posix, String number) {
    try {
      int fd = Integer.parseInt(number);
      int type = posix.getsockopt(fd, Constants.SOL_SOCKET, Constants.SO_TYPE);
      return type == Constants.SOCK_SEQPACKET ? OwnedFd.of(posix, fd, "channel") : null;
    } catch (NumberFormatException | SysException e) {
      return null;
    }
  }
}
