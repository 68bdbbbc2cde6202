package dev.baton.supervisor.cli;

import dev.baton.supervisor.admin.AdminReader;
import dev.baton.supervisor.admin.DiffView;
import dev.baton.supervisor.admin.ErrorView;
import dev.baton.supervisor.admin.EventView;
import dev.baton.supervisor.admin.FdHolderView;
import dev.baton.supervisor.admin.ReleaseJson;
import dev.baton.supervisor.admin.ReleaseView;
import dev.baton.supervisor.admin.ReopenView;
import dev.baton.supervisor.admin.ResetView;
import dev.baton.supervisor.admin.ScaleView;
import dev.baton.supervisor.admin.SightJson;
import dev.baton.supervisor.admin.SlotView;
import dev.baton.supervisor.admin.StatusView;
import dev.baton.supervisor.admin.UpgradeView;
import dev.baton.supervisor.admin.Verdict;
import dev.baton.supervisor.adoption.Waiting;
import dev.baton.supervisor.state.StateFolder;
import dev.baton.supervisor.state.WorkerRecord;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Asks the supervisor on one runtime directory; every failure is a {@link CliException}. */
final class AdminClient {

  private static final String SOCKET_NAME = "admin.sock";
  private static final int LONGEST_SOCKET_PATH = 107;
  private static final int LARGEST_ANSWER = 16 << 20;
  private static final int POLL_MILLIS = 20;

  private final Path runtimeDir;
  private final Path socket;
  private final Optional<Path> conf;

  /**
   * A client; connects only when it is asked something.
   *
   * @param runtimeDir absolute
   * @param conf the configuration file that led to it, for the hint how to start
   */
  AdminClient(Path runtimeDir, Optional<Path> conf) {
    this.runtimeDir = runtimeDir;
    this.conf = conf;
    socket = runtimeDir.resolve(SOCKET_NAME);
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
      throw new CliException(
          ExitCode.USE,
          "no supervisor can run on "
              + runtimeDir
              + ": a socket's path has at most "
              + LONGEST_SOCKET_PATH
              + " bytes");
    }
  }

  /** The folder of the instance. */
  Path runtimeDir() {
    return runtimeDir;
  }

  String statusJson() {
    return ask("GET", "/v1/status", "");
  }

  StatusView status() {
    try {
      return AdminReader.status(statusJson());
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /** Why a slot is in its state, as the supervisor says it. */
  String slotJson(String pool, int slot) {
    return ask("GET", path(pool, "slots/" + slot), "");
  }

  SlotView slot(String json) {
    try {
      return SightJson.slot(json);
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /**
   * Who holds which descriptor.
   *
   * @param query empty, or from the question mark on
   */
  String descriptorsJson(String query) {
    return ask("GET", "/v1/fds" + query, "");
  }

  List<FdHolderView> descriptors(String json) {
    try {
      return SightJson.holders(json);
    } catch (IOException e) {
      throw strange(e);
    }
  }

  ScaleView scale(String pool, String workers) {
    boolean change = !Character.isDigit(workers.charAt(0));
    String value = change ? '"' + workers + '"' : Integer.toString(Integer.parseInt(workers));
    try {
      return AdminReader.scale(ask("POST", path(pool, "scale"), "{\"workers\":" + value + '}'));
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /** Resets one slot, or all of a pool. */
  ResetView reset(String pool, OptionalInt slot) {
    String body = slot.isPresent() ? "{\"slot\":" + slot.getAsInt() + '}' : "{}";
    try {
      return AdminReader.reset(ask("POST", path(pool, "reset"), body));
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /** What a reload would do. */
  DiffView diff() {
    try {
      return AdminReader.diff(ask("GET", "/v1/diff", ""));
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /** Whether a supervisor listens on the folder's socket. */
  boolean listening() {
    return AdminConnection.answers(socket);
  }

  /** The journal's entries that a query asks for. */
  List<EventView> events(String query) {
    try {
      return AdminReader.events(ask("GET", "/v1/events?" + query, ""));
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /**
   * The same, and all that follow, until the supervisor ends.
   *
   * @param missed told when this client was too slow, in the server's words
   */
  void followEvents(String query, Consumer<EventView> each, Consumer<String> missed) {
    try (AdminConnection connection = connect()) {
      HttpReply reply = connection.follow("/v1/events?" + query);
      if (reply.status() != 200) {
        throw refusal(reply);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
      String kind = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          kind = line.substring("event: ".length());
        } else if (line.startsWith("data: ") && kind.equals("entry")) {
          each.accept(AdminReader.event(line.substring("data: ".length())));
        } else if (line.startsWith("data: ")) {
          missed.accept(line.substring("data: ".length()));
        }
      }
    } catch (EOFException e) {
      return; // the supervisor is gone
    } catch (IOException e) {
      throw strange(e);
    }
  }

  ReopenView reopenLogs() {
    try {
      return AdminReader.reopened(ask("POST", "/v1/reopen-logs", "{}"));
    } catch (IOException e) {
      throw strange(e);
    }
  }

  void stop(boolean now) {
    ask("POST", "/v1/stop", "{\"now\":" + now + '}');
  }

  /** Waits until the process has ended and nobody listens on the socket any more. */
  void awaitEnd(RunningProcess supervisor) throws InterruptedException {
    while (!supervisor.gone() || AdminConnection.answers(socket)) {
      // Neither is our child nor has the other end anything to say: there is no event to wait for.
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * Begins a rollout and waits for the verdict.
   *
   * @param action restart, deploy or rollback
   */
  Verdict rollout(String pool, String action, String body, Consumer<String> progress) {
    return follow("POST", path(pool, action), body, progress, "the rollout");
  }

  /** Waits for the verdict of the rollout under way, or tells that of the last one. */
  Verdict awaitRollout(String pool, Consumer<String> progress) {
    return follow("GET", path(pool, "rollout"), "", progress, "the rollout");
  }

  /**
   * Changes the course of the rollout under way.
   *
   * @param action pause, resume or abort
   */
  void steer(String pool, String action) {
    ask("POST", path(pool, action), "{}");
  }

  List<ReleaseView> releases(String pool) {
    try {
      return ReleaseJson.releases(ask("GET", path(pool, "releases"), ""));
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /** Has the configuration read again and waits until all of it is done. */
  Verdict reload(Consumer<String> progress) {
    return follow("POST", "/v1/reload", "{}", progress, "the reload");
  }

  /** How the last upgrade ended. */
  UpgradeView upgraded() {
    try {
      return AdminReader.upgraded(ask("GET", "/v1/upgraded", ""));
    } catch (IOException e) {
      throw strange(e);
    }
  }

  /**
   * Has the supervisor become another program.
   *
   * @param body of the request
   * @return its verdict; empty when it has become it, as far as can be seen from here
   */
  Optional<Verdict> upgrade(String body, Consumer<String> progress) {
    try {
      return stream("POST", "/v1/upgrade", body, progress);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Verdict follow(
      String method, String path, String body, Consumer<String> progress, String what) {
    try {
      return stream(method, path, body, progress)
          .orElseThrow(() -> new IOException("the answer ended without a verdict"));
    } catch (IOException e) {
      throw new CliException(
          ExitCode.SYSTEM,
          "lost the supervisor before the verdict ("
              + e.getMessage()
              + "); "
              + what
              + " goes on if it lives: see \"bin/baton status\" and \"bin/baton wait\"",
          e);
    }
  }

  /** To the verdict, or the end of the connection. */
  private Optional<Verdict> stream(
      String method, String path, String body, Consumer<String> progress) throws IOException {
    try (AdminConnection connection = connect()) {
      HttpReply reply = connection.exchange(method, path, body);
      if (reply.status() != 200) {
        throw refusal(reply);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          continue;
        }
        AdminReader.RolloutLine read = AdminReader.rolloutLine(line);
        read.progress().ifPresent(progress);
        if (read.error().isPresent()) {
          throw refusal(read.error().get());
        }
        if (read.verdict().isPresent()) {
          return read.verdict();
        }
      }
      return Optional.empty();
    }
  }

  private String ask(String method, String path, String body) {
    try (AdminConnection connection = connect()) {
      HttpReply reply = connection.exchange(method, path, body);
      if (reply.status() != 200) {
        throw refusal(reply);
      }
      return text(reply);
    } catch (IOException e) {
      throw strange(e);
    }
  }

  private AdminConnection connect() {
    try {
      return AdminConnection.open(socket);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (why.contains("Permission denied")) {
        throw new CliException(
            ExitCode.SYSTEM,
            "permission denied on "
                + socket
                + ": only the user of the supervisor and root may ask it",
            e);
      }
      if (Files.notExists(socket) || why.contains("refused")) {
        throw new CliException(
            ExitCode.SYSTEM,
            "no supervisor runs on "
                + runtimeDir
                + "; start one with: bin/baton run "
                + conf.map(Path::toString).orElse("FILE")
                + orphans(),
            e);
      }
      throw new CliException(ExitCode.SYSTEM, "cannot connect to " + socket + ": " + why, e);
    }
  }

  /** Who serves on without a supervisor. */
  private String orphans() {
    List<WorkerRecord> orphans;
    try {
      orphans = Waiting.in(runtimeDir.resolve(StateFolder.NAME));
    } catch (IOException e) {
      return "\nwhether workers serve on without it cannot be told: " + e;
    }
    if (orphans.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("\nits workers serve on and wait for the next one:");
    orphans.forEach(o -> text.append("\n  ").append(o.worker()).append("  pid ").append(o.pid()));
    return text.toString();
  }

  private CliException refusal(HttpReply reply) throws IOException {
    return refusal(AdminReader.error(text(reply)));
  }

  private static CliException refusal(ErrorView error) {
    int exitCode =
        switch (error.code()) {
          case ErrorView.REFUSED -> ExitCode.REFUSED;
          case ErrorView.UNKNOWN_POOL, ErrorView.BAD_REQUEST, ErrorView.CONFIGURATION ->
              ExitCode.USE;
          case ErrorView.FAILED -> ExitCode.BUG;
          default -> ExitCode.SYSTEM;
        };
    return new CliException(exitCode, error.text());
  }

  private static String text(HttpReply reply) throws IOException {
    byte[] bytes = reply.body().readNBytes(LARGEST_ANSWER + 1);
    if (bytes.length > LARGEST_ANSWER) {
      throw new IOException("the answer is too long");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private CliException strange(IOException e) {
    return new CliException(
        ExitCode.SYSTEM, "no good answer on " + socket + ": " + e.getMessage(), e);
  }

  /** Pool names need no encoding; anything else is made harmless and is unknown to the server. */
  private static String path(String pool, String action) {
    return "/v1/pools/" + harmless(pool) + '/' + action;
  }

  /** What is no pool's name needs no encoding, and stays unknown. */
  static String harmless(String pool) {
    return pool.replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
