package dev.baton.samples.unruly;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Limits;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.worker.WorkerContext;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What a plugin must not do, done. */
final class Misdeeds {
  private static final int SIGSTOP = 19;
  private static final int LEAKED = 100;
  private static final int FIRST = 3;
  private static final int LAST = 100;
  private static final int MEGABYTE = 1 << 20;

  private final Posix posix = Posix.system();
  private final WorkerContext context;
  private final UnrulyWorker.Settings settings;
  private final List<Object> kept = new ArrayList<>();

  Misdeeds(WorkerContext context, UnrulyWorker.Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  /** Does it; some never return. */
  void commit(Mode mode) throws Exception {
    switch (mode) {
      case HANG, CRASH -> signal(mode == Mode.HANG ? SIGSTOP : Constants.SIGKILL);
      case HALT -> Runtime.getRuntime().halt(settings.code());
      case LEAK -> leak();
      case KEEP_COPIES -> copyListeners();
      case OUT_OF_MEMORY -> fillHeap();
      case NO_READ, NEVER_CLAIM -> stopReading();
      default -> send(mode);
    }
  }

  private void signal(int signal) throws Exception {
    for (; ; ) {
      posix.kill((int) ProcessHandle.current().pid(), signal);
    }
  }

  private void leak() throws Exception {
    int count = settings.count() == 0 ? LEAKED : settings.count();
    for (int i = 0; i < count; i++) {
      kept.add(OwnedFd.of(posix, posix.open("/dev/null", Constants.O_RDONLY, 0), "leaked"));
    }
  }

  private void copyListeners() throws Exception {
    for (int number = FIRST; number < LAST; number++) {
      try {
        if (posix.getsockopt(number, Constants.SOL_SOCKET, Constants.SO_ACCEPTCONN) != 0) {
          kept.add(OwnedFd.of(posix, posix.duplicate(number), "copy"));
        }
      } catch (SysException e) {
        // no socket, or nothing at all
      }
    }
    context.status(kept.size() + " copies kept");
  }

  private void fillHeap() {
    for (; ; ) {
      kept.add(new byte[MEGABYTE]);
    }
  }

  /** Holds the lock that the channel's thread needs for its next answer. */
  private void stopReading() throws Exception {
    Field outbox = context.getClass().getDeclaredField("outbox");
    outbox.setAccessible(true);
    synchronized (outbox.get(context)) {
      new CountDownLatch(1).await();
    }
  }

  private void send(Mode mode) throws Exception {
    try (RawChannel channel = RawChannel.open(posix)) {
      switch (mode) {
        case FLOOD -> channel.sendForEver(text("{\"type\":\"status\",\"text\":\"flood\"}"));
        case JUNK -> channel.send(new byte[] {(byte) 0xff, 0, 1, 2, 3, '}', '{'});
        case OVERSIZE -> channel.send(oversize());
        case TRUNCATED -> channel.send(text("{\"type\":\"status\",\"te"));
        case EXTRA_DESCRIPTORS -> gift(channel);
        case UNKNOWN_MESSAGE -> channel.send(text("{\"type\":\"sing\",\"id\":7}"));
        case READY_TWICE -> channel.send(text("{\"type\":\"ready\"}"));
        default -> throw new IllegalArgumentException(mode.toString());
      }
    }
  }

  private static byte[] oversize() {
    byte[] frame = new byte[2 * Limits.FRAME_BYTES];
    Arrays.fill(frame, (byte) ' ');
    frame[0] = '{';
    frame[frame.length - 1] = '}';
    return frame;
  }

  private void gift(RawChannel channel) throws Exception {
    try (OwnedFd gift = OwnedFd.of(posix, posix.open("/dev/null", Constants.O_RDONLY, 0), "gift")) {
      channel.send(text("{\"type\":\"warning\",\"text\":\"a gift\"}"), gift);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
