package dev.baton.benchmarks.passing;

import dev.baton.channel.FrameSocket;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.SpawnRequest;
import dev.baton.sys.SysException;
import dev.baton.sys.WaitStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code PassesMain DESCRIPTORS WARMUP SECONDS}: starts a {@link PassesReceiver} in a JVM of its
 * own and sends it messages with so many descriptors beside each, as fast as it takes them. Prints
 * {@code counted MESSAGES NANOSECONDS}.
 */
public final class PassesMain {
  private static final WaitStatus SUCCESS = new WaitStatus(0, 0, false);

  private PassesMain() {}

  /** Runs the program. */
  public static void main(String[] args) throws SysException {
    int count = Integer.parseInt(args[0]);
    Posix posix = Posix.system();
    FrameSocket.Ends ends = FrameSocket.pair(posix, "passes");
    int receiver;
    try (OwnedFd theirs = ends.worker()) {
      receiver = theirs.borrow(fd -> spawn(posix, fd));
    }
    List<OwnedFd> fds = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        fds.add(OwnedFd.of(posix, posix.duplicate(0), "passed"));
      }
      try (PassesSender sender = PassesSender.of(posix, ends.supervisor(), fds)) {
        run(sender, nanos(args[1]));
        long begin = System.nanoTime();
        long sent = run(sender, nanos(args[2]));
        System.out.println("counted " + sent + " " + (System.nanoTime() - begin));
      }
    } finally {
      fds.forEach(OwnedFd::close);
    }
    WaitStatus status = posix.awaitExit(receiver);
    if (!status.equals(SUCCESS)) {
      throw new IllegalStateException("the receiver ended with " + status);
    }
  }

  private static long nanos(String seconds) {
    return (long) (1e9 * Double.parseDouble(seconds));
  }

  private static long run(PassesSender sender, long nanos) throws SysException {
    long begin = System.nanoTime();
    long sent = 0;
    while (System.nanoTime() - begin < nanos) {
      sender.send(sent++);
    }
    return sent;
  }

  private static int spawn(Posix posix, int channel) throws SysException {
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    List<String> command =
        List.of(
            java,
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            PassesReceiver.class.getName());
    List<Integer> descriptors = List.of(0, 1, 2, channel);
    return posix.spawn(
        new SpawnRequest(java, command, List.of("LANG=C.UTF-8"), Optional.empty(), descriptors));
  }
}
