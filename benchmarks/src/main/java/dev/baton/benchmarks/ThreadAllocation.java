package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the threads of a JVM have allocated on its heap since they were started, as {@code jcmd
 * Thread.print -e} tells it: correct to 1 KiB for each thread.
 *
 * @param bytes by the thread's name and number
 */
record ThreadAllocation(Map<String, Long> bytes) {
  private static final Pattern LINE =
      Pattern.compile("^\"(.*)\" #\\d+ .* allocated=(\\d+)([BKMG]) ", Pattern.MULTILINE);
  private static final String UNITS = "BKMG";

  /** The one that answers us. */
  private static final String ASKED = "Attach Listener";

  ThreadAllocation {
    bytes = Map.copyOf(bytes);
  }

  /** Of a process that runs on this JDK. */
  static ThreadAllocation of(Path javaHome, long pid) throws IOException, InterruptedException {
    String jcmd = javaHome.resolve("bin/jcmd").toString();
    return parse(Counting.output(List.of(jcmd, String.valueOf(pid), "Thread.print", "-e")));
  }

  static ThreadAllocation parse(String threads) throws IOException {
    Map<String, Long> bytes = new HashMap<>();
    Matcher line = LINE.matcher(threads);
    while (line.find()) {
      long unit = 1L << (10 * UNITS.indexOf(line.group(3)));
      if (!line.group(1).equals(ASKED)) {
        bytes.merge(line.group(1), Long.parseLong(line.group(2)) * unit, Long::sum);
      }
    }
    if (bytes.isEmpty()) {
      throw new IOException("no thread tells what it has allocated: " + threads);
    }
    return new ThreadAllocation(bytes);
  }

  /** What all of them have allocated since then; a thread that has ended meanwhile is left out. */
  long since(ThreadAllocation before) {
    return bytes.entrySet().stream()
        .mapToLong(e -> e.getValue() - before.bytes.getOrDefault(e.getKey(), 0L))
        .filter(difference -> difference > 0)
        .sum();
  }
}
