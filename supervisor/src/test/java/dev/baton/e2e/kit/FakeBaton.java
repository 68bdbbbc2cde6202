package dev.baton.e2e.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.baton.load.ScriptedServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Stands in for the program in the kit's own tests: an installation whose {@code bin/baton} runs
 * this class, which answers for the status and has a child that is called a worker.
 */
final class FakeBaton {
  private static final String STATUS =
      """
      {"version":"0","pid":%d,"uptimeSeconds":1,
       "listeners":[{"name":"web","address":"tcp://127.0.0.1:1234","mode":"shared"}],
       "pools":[{"name":"hello","generation":1,"target":1,"state":"serving","workers":[
         {"id":"hello/0#1","slot":0,"pid":%d,"generation":1,"state":"%s","uptimeSeconds":0.5,"restarts":0}]}]}
      """;

  private FakeBaton() {}

  /** Makes an installation in a folder. */
  static Installation install(Path dist) throws IOException {
    for (var folder : List.of("bin", "lib", "samples/lib", "conf")) {
      Files.createDirectories(dist.resolve(folder));
    }
    Files.createFile(dist.resolve("samples/samples.jar"));
    var script =
        """
        #!/bin/sh
        exec "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -cp '%s' %s "$@"
        """
            .formatted(System.getProperty("java.class.path"), FakeBaton.class.getName());
    var launcher = Files.writeString(dist.resolve("bin/baton"), script);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Installation(dist, Path.of(System.getProperty("java.home")));
  }

  /**
   * {@code run CONF}, or anything else, which is printed. The plugin name says how to misbehave.
   */
  public static void main(String[] args) throws Exception {
    if (!args[0].equals("run")) {
      System.out.println(String.join(" ", args));
      System.err.println("to stderr");
      System.exit(args[0].equals("fail") ? 1 : 0);
    }
    var conf = new YAMLMapper().readTree(new File(args[1]));
    var how = conf.at("/pools/hello/plugin").asText();
    System.out.println("fake supervisor: " + how);
    if (how.equals("dies")) {
      System.exit(3);
    }
    serve(conf, how);
  }

  private static void serve(JsonNode conf, String how) throws IOException, InterruptedException {
    var runtime = Files.createDirectories(Path.of(conf.path("runtimeDir").asText()));
    var logs = Files.createDirectories(runtime.resolve("logs"));
    Files.writeString(logs.resolve("hello-0.log"), "a line of the worker\n");
    var worker = new ProcessBuilder("sleep", "300").inheritIO().start();
    var socket = runtime.resolve("admin.sock");
    var asked = new java.util.concurrent.atomic.AtomicInteger();
    var server =
        ScriptedServer.unix(
            socket,
            (peer, n) -> {
              peer.request();
              var state = asked.incrementAndGet() > 3 ? "serving" : "starting";
              var pid = ProcessHandle.current().pid();
              peer.respond(200, STATUS.formatted(pid, worker.pid(), state));
            });
    if (how.equals("logs an error")) {
      System.out.println("12:00:00 ERROR something broke");
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (how.equals("leaves all behind")) {
                    return;
                  }
                  worker.destroyForcibly();
                  try {
                    server.close();
                    Files.delete(socket);
                  } catch (IOException e) {
                    System.out.println(e);
                  }
                }));
    Thread.currentThread().join();
  }
}
