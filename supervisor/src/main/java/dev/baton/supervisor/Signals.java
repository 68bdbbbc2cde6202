package dev.baton.supervisor;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.loop.Loop;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals of the process, read from a {@code signalfd(2)} on the loop's thread. All threads have
 * them blocked from before the JVM was there (the launcher's {@code env --block-signal}; {@code
 * -Xrs} keeps HotSpot from unblocking some), so that one that comes while the process becomes
 * another program waits, instead of killing a JVM that has no handlers yet.
 */
final class Signals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("baton");

  /** {@code struct signalfd_siginfo}; it begins with the number. */
  private static final int RECORD = 128;

  private static final Map<Integer, String> NAMES =
      Map.of(
          Constants.SIGHUP, "HUP",
          Constants.SIGINT, "INT",
          Constants.SIGQUIT, "QUIT",
          Constants.SIGUSR1, "USR1",
          Constants.SIGUSR2, "USR2",
          Constants.SIGTERM, "TERM",
          Constants.SIGTTIN, "TTIN",
          Constants.SIGTTOU, "TTOU");

  private final Posix posix;
  private final OwnedFd fd;
  private final Consumer<String> handler;
  private final Loop.Interest interest;

  private Signals(Posix posix, OwnedFd fd, Loop loop, Consumer<String> handler)
      throws SysException {
    this.posix = posix;
    this.fd = fd;
    this.handler = handler;
    this.interest = loop.watch(fd::borrow, this::read, () -> {});
  }

  /**
   * Begins to read them.
   *
   * @param handler gets the name of each, on the loop's thread
   * @throws IOException for the operator, when this process was not started with them blocked
   */
  static Signals watch(Posix posix, Loop loop, Consumer<String> handler) throws IOException {
    int[] numbers = NAMES.keySet().stream().mapToInt(n -> n).sorted().toArray();
    long blocked = blocked();
    for (int number : numbers) {
      if ((blocked & 1L << (number - 1)) == 0) {
        throw new IOException(
            "SIG"
                + NAMES.get(number)
                + " is not blocked in this process: start the supervisor by bin/baton");
      }
    }
    OwnedFd fd = OwnedFd.of(posix, posix.signalfd(numbers), "signals");
    try {
      return new Signals(posix, fd, loop, handler);
    } catch (SysException e) {
      fd.close();
      throw e;
    }
  }

  /** The mask of the calling thread, {@code proc(5)}. */
  private static long blocked() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
      if (line.startsWith("SigBlk:")) {
        return Long.parseUnsignedLong(line.substring("SigBlk:".length()).strip(), 16);
      }
    }
    throw new IOException("/proc/thread-self/status does not tell which signals are blocked");
  }

  private void read() {
    byte[] record = new byte[RECORD];
    try {
      while (fd.<Integer, SysException>borrow(n -> posix.read(n, record)) == RECORD) {
        String name = NAMES.get(ByteBuffer.wrap(record).order(ByteOrder.nativeOrder()).getInt());
        LOG.info("supervisor: SIG{} came", name);
        handler.accept(name);
      }
    } catch (SysException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    interest.cancel();
    fd.close();
  }
}
