package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Where something was measured.
 *
 * @param cores that this JVM may use
 * @param cpu the model, as proc(5) names it
 * @param memoryMib of the machine
 * @param kernel its release
 * @param jdk the one that runs what is measured
 */
record Machine(int cores, String cpu, long memoryMib, String kernel, String jdk) {
  /** Looks at this machine and at a JDK's {@code release} file. */
  static Machine here(Path javaHome) throws IOException {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        value(Files.readString(Path.of("/proc/cpuinfo")), "model name"),
        memory(Files.readString(Path.of("/proc/meminfo"))),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        jdk(javaHome));
  }

  /** The value of {@code key : value}; "unknown" when there is none, as on some architectures. */
  static String value(String text, String key) {
    return text.lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse("unknown");
  }

  static long memory(String meminfo) {
    String total = value(meminfo, "MemTotal");
    return Long.parseLong(total.replace("kB", "").trim()) / 1024;
  }

  private static String jdk(Path javaHome) throws IOException {
    Path release = javaHome.resolve("release");
    if (!Files.isReadable(release)) {
      return javaHome.toString();
    }
    try (var reader = Files.newBufferedReader(release)) {
      Properties properties = new Properties();
      properties.load(reader);
      String version = properties.getProperty("JAVA_VERSION", "unknown");
      return properties.getProperty("JAVA_RUNTIME_VERSION", version).replace("\"", "");
    }
  }

  @Override
  public String toString() {
    return String.format("%d cores of %s, %,d MiB, %s, JDK %s", cores, cpu, memoryMib, kernel, jdk);
  }
}
