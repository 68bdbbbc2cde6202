package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins which keys there are, and that each is in the documentation and the reference file. */
class KnownKeysTest {

  /** Section of the file → its keys. */
  private static final Map<String, List<String>> KEYS = new LinkedHashMap<>();

  static {
    keys("", "admin files include listeners logs name pools runtimeDir services");
    keys("admin", "address tokenFile");
    keys("listeners.a", "address backlog mode policy tcp udp unix");
    keys("listeners.a.tcp", "deferAccept fastOpenQueue ipv6Only keepAlive noDelay reuseAddress");
    keys("listeners.a.unix", "group owner permissions");
    keys(
        "listeners.a.udp",
        "ipv6Only multicast multicastInterface receiveBuffer reuseAddress sendBuffer");
    keys("files.a", "access create path permissions");
    keys(
        "pools.a",
        "after backoff bind cgroup classPath config connect cpuAffinity dispatch drainTimeout"
            + " environment expectedExits files group groups heartbeat idleTimeout"
            + " inheritEnvironment jvm limits listeners log nice noNewPrivileges oomScoreAdjust"
            + " open openLimits orphanTimeout permanentExits plugin recycle restart spares start"
            + " startTimeout stopTimeout surge umask user workers workingDirectory");
    keys("pools.a.limits", "as core fsize nofile nproc");
    keys("pools.a.cgroup", "cpuMax memoryMax parent pidsMax required");
    keys("pools.a.open[0]", "access follow kinds match root");
    keys("pools.a.openLimits", "inFlight openAtOnce perSecond");
    keys("pools.a.log", "keep maxAge maxSize to");
    keys("pools.a.jvm", "defaults heap java options");
    keys("pools.a.backoff", "factor initial intensity jitter max period stableAfter");
    keys("pools.a.heartbeat", "dumpTimeout missed period");
    keys("pools.a.recycle", "maxAge maxConnections maxMemory maxRequests schedule");
    keys("pools.a.dispatch", "maxConnections maxUnclaimed recallAfter recallTimeout weights");
    keys("logs", "keepEvidence keepPerSlot supervisor");
    keys("services", "open");
    keys("services.open", "address clients idleTimeout maxClients maxClientsPerUser unix");
    keys("services.open.unix", "group owner permissions");
    keys("services.open.clients[0]", "bind connect groups limits open users");
    keys("services.open.clients[0].open[0]", "access follow kinds match root");
    keys("services.open.clients[0].limits", "inFlight openAtOnce perSecond");
  }

  private static void keys(String section, String keys) {
    KEYS.put(section, Arrays.asList(keys.split(" ")));
  }

  @TempDir Path folder;

  /** A key that is added without this test, the documentation and the reference file fails here. */
  @Test
  void theKnownKeysAreTheseAndNoOthers() throws Exception {
    String documentation =
        Files.readString(ShippedFilesTest.root().resolve("docs/configuration.md"));
    String reference = Files.readString(ShippedFilesTest.root().resolve("conf/reference.yaml"));
    for (Map.Entry<String, List<String>> section : KEYS.entrySet()) {
      StringBuilder text = new StringBuilder();
      String indentation = "";
      String path = section.getKey().isEmpty() ? "zzzzzzzz" : section.getKey() + ".zzzzzzzz";
      for (String part : path.split("\\.")) {
        String key = part.replace("[0]", "");
        text.append(indentation).append(key).append(":\n");
        if (!key.equals(part)) {
          text.append(indentation).append("  -\n");
          indentation += "  ";
        }
        indentation += "  ";
      }
      String expected =
          path + ": found an unknown key, allowed: one of " + String.join(", ", section.getValue());
      List<String> problems = Loaded.in(folder).problems(text.toString());
      assertTrue(
          problems.stream().anyMatch(p -> p.endsWith(expected)), expected + " in " + problems);
      for (String key : section.getValue()) {
        assertTrue(documentation.contains("| `" + key + "` |"), key + " in configuration.md");
        assertTrue(
            reference.lines().anyMatch(line -> line.strip().matches("(- )?" + key + ":.*")),
            key + " in reference.yaml");
      }
    }
  }
}
