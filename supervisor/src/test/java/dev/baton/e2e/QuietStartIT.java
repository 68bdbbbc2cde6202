package dev.baton.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.e2e.kit.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that starts after others that failed leaves the CPUs to everybody else. */
@BatonTest
@Tag("alone")
@Timeout(60)
class QuietStartIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int LOWEST = 19;
  private static final int CONFIGURED = 7;

  private final Installation installation = Installation.find();
  private final boolean sessions = autogroups();
  private final boolean threads = mayRaise();
  @TempDir Path folder;

  private static boolean autogroups() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/sched_autogroup_enabled")).equals("1\n");
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean mayRaise() {
    try {
      var shell = new ProcessBuilder("sh", "-c", "renice -n 1 -p $$ && renice -n 0 -p $$");
      return shell.redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String proc(long pid, String file) throws IOException {
    return Files.readString(Path.of("/proc/" + pid, file)).strip();
  }

  /** Whether its session, and all of its threads, have a nice value, as far as it can be had. */
  private boolean has(long pid, int nice) throws IOException {
    return (!sessions || proc(pid, "autogroup").endsWith(" nice " + nice))
        && ofThreads(pid).equals(Set.of(threads ? nice : CONFIGURED));
  }

  /** Field 19 of the statistics. */
  private static Set<Integer> ofThreads(long pid) throws IOException {
    var found = new TreeSet<Integer>();
    try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid, "task"))) {
      for (var task : tasks) {
        try {
          var stat = Files.readString(task.resolve("stat"));
          found.add(Integer.valueOf(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]));
        } catch (IOException e) {
          continue; // it has ended
        }
      }
    }
    return found;
  }

  @Test
  void afterFailuresAWorkerStartsAtTheLowestPriorityAndServesAtItsOwn() throws Exception {
    assumeTrue(sessions || threads, "a nice value cannot be taken back here");
    var needed = folder.resolve("needed");
    var plugin = new PluginFiles(folder.resolve("plugin"));
    plugin.behaviour("needs " + needed);
    var conf = ConfFile.in(folder).tcp("web");
    conf.pool(
        "web",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .listeners("web")
                .heap("32m")
                .set("nice", CONFIGURED)
                .backoff(Duration.ofMillis(50), Duration.ofMillis(100))
                .set("backoff.intensity", 0));
    try (var baton = BatonProcess.launch(installation, conf)) {
      baton.awaitStatus(SOON, "two ended", s -> s.at("/pools/0/workers/0/restarts").asInt() >= 2);
      Deadline.await(SOON, "one starts quietly", () -> quiet(baton.pid()), baton::describe);
      Files.createFile(needed);
      baton.awaitReady();
      long pid = baton.workers("web").get(0).pid();
      Deadline.await(SOON, "it is raised", () -> has(pid, CONFIGURED), baton::describe);
    }
  }

  private boolean quiet(long supervisor) throws IOException {
    for (var child : Proc.children(supervisor)) {
      try {
        if (has(child.pid(), LOWEST)) {
          return true;
        }
      } catch (IOException e) {
        continue; // it has ended
      }
    }
    return false;
  }
}
