package dev.baton.e2e.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/**
 * The time of day as chosen processes see it, with steps as somebody makes who sets the machine's
 * clock: a library that the dynamic linker loads before all others, and that adds what a file says.
 * The monotonic clock goes on, as the kernel's does.
 */
public final class MovingClock {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <stdlib.h>
      #include <sys/mman.h>
      #include <sys/syscall.h>
      #include <sys/time.h>
      #include <time.h>
      #include <unistd.h>

      static const volatile long long *seconds;

      __attribute__((constructor)) static void begin(void) {
        const char *path = getenv("MOVING_CLOCK");
        int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
        if (file >= 0) {
          void *at = mmap(NULL, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
          seconds = at == MAP_FAILED ? NULL : at;
          close(file);
        }
      }

      static long long moved(void) {
        return seconds == NULL ? 0 : *seconds;
      }

      int clock_gettime(clockid_t clock, struct timespec *now) {
        int result = (int) syscall(SYS_clock_gettime, clock, now);
        if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
          now->tv_sec += moved();
        }
        return result;
      }

      int gettimeofday(struct timeval *restrict now, void *restrict zone) {
        int result = (int) syscall(SYS_gettimeofday, now, zone);
        if (result == 0 && now != NULL) {
          now->tv_sec += moved();
        }
        return result;
      }

      time_t time(time_t *to) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        if (to != NULL) {
          *to = now.tv_sec;
        }
        return now.tv_sec;
      }
      """;

  private final Path library;
  private final Path steps;

  private MovingClock(Path library, Path steps) {
    this.library = library;
    this.steps = steps;
  }

  /** Whether there is a C compiler. */
  public static boolean possible() throws InterruptedException {
    try {
      return new ProcessBuilder("gcc", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Compiles it into a folder; the clock is right. */
  public static MovingClock in(Path folder) throws IOException, InterruptedException {
    var clock = new MovingClock(folder.resolve("clock.so"), folder.resolve("clock"));
    clock.move(Duration.ZERO);
    var source = Files.writeString(folder.resolve("clock.c"), SOURCE);
    var process =
        new ProcessBuilder("gcc", "-O1", "-shared", "-fPIC", "-o", clock.library + "", source + "")
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError("does not compile: " + output);
    }
    return clock;
  }

  /** The variables of a process that is to see it. */
  public Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "MOVING_CLOCK", steps.toString());
  }

  /** From now on it is ahead by so much, or behind. */
  public void move(Duration ahead) throws IOException {
    var eight = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    try (var file = FileChannel.open(steps, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(eight.putLong(ahead.toSeconds()).flip(), 0);
    }
  }
}
