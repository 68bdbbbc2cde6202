package dev.baton.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.baton.supervisor.admin.AdminServer;
import dev.baton.supervisor.admin.FakeOperations;
import dev.baton.supervisor.config.BatonConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs commands in this process, against a supervisor that is a fake behind a real server. */
@Timeout(60)
abstract class CliKit {

  @TempDir Path folder;

  final FakeOperations operations = new FakeOperations();
  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();
  final List<BatonConfig> launched = new ArrayList<>();
  Map<String, String> environment = Map.of();
  SupervisorLauncher launcher =
      config -> {
        launched.add(config);
        return ExitCode.DONE;
      };
  Optional<Path> defaultConf = Optional.empty();
  AdminServer server;

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
  }

  void serve() throws IOException {
    server =
        AdminServer.start(
            operations,
            operations::eventsSince,
            folder.resolve(AdminServer.SOCKET_NAME),
            Optional.empty());
  }

  int run(String... args) {
    out.reset();
    err.reset();
    CliContext context =
        new CliContext(
            launcher,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            folder,
            defaultConf);
    return new BatonCli(context).run(args);
  }

  /** A command for the instance of this test. */
  int here(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--runtime-dir");
    all.add(folder.toString());
    return run(all.toArray(String[]::new));
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  void assertNoTrace() {
    assertFalse((out() + err()).contains("\tat "), "a stack trace: " + err());
  }

  Path conf(String text) throws IOException {
    Path file = folder.resolve("test.yaml");
    return Files.writeString(file, "runtimeDir: " + folder + "\n" + text);
  }
}
