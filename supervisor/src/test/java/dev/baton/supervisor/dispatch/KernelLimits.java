package dev.baton.supervisor.dispatch;

import dev.baton.channel.Frame;
import dev.baton.channel.FrameSocket;
import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.Socket;
import java.util.Collections;
import java.util.List;

/** What {@link KernelLimitsTest} runs in a process of its own: the kernel's real limits are hit. */
public final class KernelLimits {
  private static final int IN_FLIGHT = 250;
  private static final int FRAMES = 3;
  private static final int LIMIT = 600;
  private static final int PLENTY = 2000;

  private final Writer toShell;
  private final BufferedReader fromShell;
  private final Process shell;

  /**
   * The shell is started while there are descriptors left, and changes the limit of this process.
   */
  private KernelLimits() throws IOException {
    String loop = "while read n; do prlimit --pid $0 --nofile=$n: && echo done; done";
    String self = String.valueOf(ProcessHandle.current().pid());
    shell = new ProcessBuilder("sh", "-c", loop, self).redirectErrorStream(true).start();
    toShell = shell.outputWriter();
    fromShell = shell.inputReader();
  }

  private void limit(int descriptors) throws IOException {
    toShell.write(descriptors + "\n");
    toShell.flush();
    String answer = fromShell.readLine();
    if (!"done".equals(answer)) {
      throw new IOException("prlimit says: " + answer);
    }
  }

  /** Runs {@code in-flight} or {@code descriptors}; exits with 0 when all went as it should. */
  public static void main(String[] arguments) throws Exception {
    KernelLimits limits = new KernelLimits();
    limits.limit(PLENTY);
    try (DispatchWorld world = new DispatchWorld()) {
      FakeWorker worker = world.worker(0);
      worker(world, worker, world.connect()); // all classes are loaded
      if (arguments[0].equals("in-flight")) {
        limits.inFlight(world, worker);
      } else {
        limits.descriptors(world, worker);
      }
    } finally {
      limits.shell.destroyForcibly();
    }
    System.out.println("good");
    System.exit(0);
  }

  private static void worker(DispatchWorld world, FakeWorker worker, Socket client)
      throws Exception {
    FakeWorker.Handed handed = worker.next();
    handed.write("x");
    if (client.getInputStream().read() != 'x') {
      throw new IOException("not served");
    }
    world.awaitFigures("it", f -> f.waiting() == 0);
  }

  /** Descriptors that somebody else of this user has on their way count, too (unix(7)). */
  private void inFlight(DispatchWorld world, FakeWorker worker) throws Exception {
    FrameSocket.Ends ends = FrameSocket.pair(Posix.system(), "filler");
    try (FrameSocket sender = new FrameSocket(Posix.system(), ends.supervisor());
        FrameSocket receiver = new FrameSocket(Posix.system(), ends.worker());
        OwnedFd any = DispatchWorld.tcp(1)) {
      List<OwnedFd> many = Collections.nCopies(IN_FLIGHT, any);
      for (int i = 0; i < FRAMES; i++) {
        sender.send(new byte[] {1}, many);
      }
      limit(LIMIT);
      Socket client = world.connect();
      System.out.println(world.awaitAsked("warning cannot hand over connections: "));
      world.awaitFigures("the one that waits", f -> f.waiting() == 1);
      for (int i = 0; i < FRAMES; i++) {
        try (Frame frame = receiver.receive(true).orElseThrow()) {
          frame.fds().close();
        }
      }
      worker(world, worker, client);
    }
  }

  private void descriptors(DispatchWorld world, FakeWorker worker) throws Exception {
    world.dispatcher.hold(true);
    world.awaitFigures("hold", f -> !f.accepting());
    Socket client = world.connect();
    try (FdBag fillers = new FdBag();
        OwnedFd any = DispatchWorld.tcp(1)) {
      int highest = highest();
      int last;
      do {
        last = fillers.add(any.duplicate("filler")).numberDoNotKeep();
      } while (last < highest);
      limit(last + 1);
      fill(fillers, any);
      world.dispatcher.hold(false);
      System.out.println(world.awaitAsked("warning listener web: accepts more slowly: "));
      limit(PLENTY);
    }
    worker(world, worker, client);
  }

  /** Takes the numbers that the JVM has given back meanwhile. */
  private static void fill(FdBag fillers, OwnedFd any) {
    try {
      for (; ; ) {
        fillers.add(any.duplicate("filler"));
      }
    } catch (SysException e) {
      System.out.println(e.getMessage());
    }
  }

  private static int highest() {
    int highest = 0;
    for (String name : new File("/proc/self/fd").list()) {
      highest = Math.max(highest, Integer.parseInt(name));
    }
    return highest;
  }
}
