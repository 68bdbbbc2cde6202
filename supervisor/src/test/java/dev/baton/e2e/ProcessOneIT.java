package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Launcher;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor as process 1 of a namespace, as in a container ({@code pid_namespaces(7)}). */
@BatonTest
@Timeout(60)
class ProcessOneIT {
  private static final List<String> NAMESPACE =
      List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void reapsWhatIsLeftToItAndStopsInOrder() throws Exception {
    assumeTrue(namespaces(), "this machine lets us make no namespace of processes");
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool(
        "hello", pool -> pool.sample(installation, Sample.HELLO).listeners("tcp").heap("48m"));
    var command = new Launcher(installation).command(List.of("run", conf.write().toString()));
    command.command().addAll(0, NAMESPACE);
    var output = folder.resolve("output").toFile();
    var outer = command.redirectErrorStream(true).redirectOutput(output).start();
    try {
      Deadline.await(PATIENCE, "it serves", () -> ready(conf), () -> text(output.toPath()));
      var one = Proc.children(outer.pid()).get(0).pid();
      leaveSomebodyTo(one);
      Deadline.await(
          PATIENCE,
          "its worker is its only child, and no zombie is left",
          () -> Proc.children(one).size() == 1,
          () -> Proc.children(one).toString());
      Signal.send("TERM", one);
      assertTrue(outer.waitFor(20, TimeUnit.SECONDS), "it stops");
      assertEquals(0, outer.exitValue(), () -> "ended with " + outer.exitValue());
    } finally {
      outer.destroyForcibly().waitFor(); // --kill-child ends the rest
    }
  }

  private static boolean namespaces() throws IOException, InterruptedException {
    var words = new java.util.ArrayList<>(NAMESPACE);
    words.add("true");
    try {
      return new ProcessBuilder(words).start().waitFor() == 0;
    } catch (IOException e) {
      return false; // no unshare(1)
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean ready(ConfFile conf) {
    try {
      return Http.get(conf.admin(), "/readyz").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Twenty processes whose parent ends before them. */
  private static void leaveSomebodyTo(long one) throws IOException, InterruptedException {
    var script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.2 & done";
    var nsenter =
        new ProcessBuilder("nsenter", "-t", String.valueOf(one), "-p", "-m", "sh", "-c", script);
    assertEquals(0, nsenter.start().waitFor());
    Deadline.await(
        PATIENCE,
        "they are its children",
        () -> Proc.children(one).size() > 15,
        () -> Proc.children(one).toString());
  }
}
