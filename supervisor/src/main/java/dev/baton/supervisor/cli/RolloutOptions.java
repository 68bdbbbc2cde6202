package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.ReleaseJson;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** How a rollout is to go, as options of the commands that begin one. */
final class RolloutOptions {
  private static final int MOST = 1000;

  @Option(
      names = "--surge",
      paramLabel = "N|P%",
      description = "Workers above the target meanwhile; 0 stops the old one first.")
  private String surge;

  @Option(
      names = "--canary",
      paramLabel = "N",
      description = "Move so many slots first, and judge them before the others follow.")
  private Integer canary;

  @Option(
      names = "--hold",
      paramLabel = "TIME",
      description = "How long the canary is judged, such as 2m; 30s if not said.")
  private String hold;

  @Option(
      names = "--pause-after-canary",
      description = "Let the others wait for \"bin/baton resume POOL\".")
  private boolean pause;

  /** What is wrong is told before anything is asked of the supervisor. */
  void check() {
    if (surge != null && !surge.matches("[0-9]{1,3}|1000|[0-9]{1,4}%")) {
      throw new CliException(
          ExitCode.USE,
          "--surge is "
              + surge
              + ", allowed: 0 to "
              + MOST
              + ", or a part of the pool such as 50%");
    }
    if (canary != null && (canary < 0 || canary > MOST)) {
      throw new CliException(ExitCode.USE, "--canary is " + canary + ", allowed: 0 to " + MOST);
    }
  }

  /**
   * The request's body.
   *
   * @param own members of the command
   */
  String body(Map<String, String> own) {
    Map<String, Object> members = new LinkedHashMap<>(own);
    if (surge != null) {
      members.put("surge", surge.endsWith("%") ? surge : Integer.valueOf(surge));
    }
    if (canary != null) {
      members.put("canary", canary);
    }
    if (hold != null) {
      members.put("hold", hold);
    }
    if (pause) {
      members.put("pauseAfterCanary", true);
    }
    return ReleaseJson.request(members);
  }
}
