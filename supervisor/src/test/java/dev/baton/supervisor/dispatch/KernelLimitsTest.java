package dev.baton.supervisor.dispatch;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Shortages by the kernel itself. Root is not bound by the limit of descriptors in flight, and they
 * are counted for all processes of a user; so the process that meets it is of a user whom nobody
 * else is. It may read all files, such as the class path in root's home.
 */
@Timeout(120)
class KernelLimitsTest {
  private static final String SETPRIV = "/usr/bin/setpriv";
  private static final List<String> ANOTHER_USER =
      List.of(
          SETPRIV,
          "--reuid=54321",
          "--regid=54321",
          "--clear-groups",
          "--inh-caps=+dac_read_search",
          "--ambient-caps=+dac_read_search");

  @TempDir Path folder;

  @Test
  void tooManyInFlight() throws Exception {
    String output = run("in-flight");
    assertTrue(output.contains("cannot hand over connections"), output);
    assertTrue(output.endsWith("good"), output);
  }

  @Test
  void noDescriptorsLeft() throws Exception {
    String output = run("descriptors");
    assertTrue(output.contains("accept4 failed: EMFILE (Too many open files)"), output);
    assertTrue(output.endsWith("good"), output);
  }

  private String run(String what) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit");
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      assumeTrue(canBeAnotherUser(), "needs setpriv and its capabilities");
      command.addAll(ANOTHER_USER);
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-ea", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(KernelLimits.class.getName());
    command.add(what);
    Path output = folder.resolve(what);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "no end: " + read(output));
      return read(output);
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean canBeAnotherUser() throws Exception {
    List<String> command = new ArrayList<>(ANOTHER_USER);
    command.add("true");
    return Files.isExecutable(Path.of(SETPRIV))
        && new ProcessBuilder(command).start().waitFor() == 0;
  }

  private static String read(Path output) {
    try {
      return Files.readString(output).strip();
    } catch (java.io.IOException e) {
      return e.getMessage();
    }
  }
}
