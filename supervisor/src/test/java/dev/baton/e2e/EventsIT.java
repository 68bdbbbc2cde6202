package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What has happened can be followed, and looked up when the supervisor is long gone. */
@BatonTest
@Timeout(90)
class EventsIT {
  private final Installation installation = Installation.find();
  @TempDir Path folder;

  @Test
  void followedAndKept() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp");
    conf.pool("hello", pool -> pool.sample(installation, Sample.HELLO).listeners("tcp"));
    try (var baton = BatonProcess.start(installation, conf)) {
      var follower = follow(conf);
      try (var lines =
          new BufferedReader(
              new InputStreamReader(follower.getInputStream(), StandardCharsets.UTF_8))) {
        awaitLine(lines, "hello/0#1");
        baton.run("restart", "hello").expect(0);
        awaitLine(lines, "hello/0#2");
      } finally {
        follower.destroy();
        follower.waitFor();
      }
      assertEquals(0, baton.terminate());
      var first = baton.run("events", "--since", "10m", "--json").expect(0).stdout();
      assertTrue(first.contains("\"subject\":\"hello/0#2\""), first);
    }
    try (var baton = BatonProcess.start(installation, conf)) {
      var all = baton.run("events", "--since", "10m", "--json").expect(0).stdout();
      long number = 0;
      for (String line : all.lines().toList()) {
        var event = new ObjectMapper().readTree(line);
        assertEquals(++number, event.path("number").asLong(), all); // over both lives
      }
      assertTrue(all.contains("hello/0#2") && all.contains("hello/0#3"), all);
      var none = baton.run("events", "--since", "yesterday").expect(100);
      assertTrue(none.stderr().contains("--since is 'yesterday'"), none::toString);
    }
  }

  private Process follow(ConfFile conf) throws IOException {
    var builder =
        new ProcessBuilder(
                installation.launcher().toString(), "events", "-f", "--conf", "" + conf.path())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("JAVA_HOME", installation.javaHome().toString());
    return builder.start();
  }

  private static void awaitLine(BufferedReader lines, String part) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(part)) {
        return;
      }
    }
    throw new AssertionError("it ended before " + part);
  }
}
