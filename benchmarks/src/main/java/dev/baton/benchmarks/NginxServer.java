package dev.baton.benchmarks;

import dev.baton.e2e.kit.Deadline;
import dev.baton.load.Target;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** nginx with a fixed answer; its workers accept from one listener. */
final class NginxServer implements Server {
  private static final Duration READY = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final String CONFIGURATION =
      """
      daemon off;
      worker_processes %d;
      pid nginx.pid;
      error_log error.log;
      events { worker_connections 4096; }
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        server {
          listen 127.0.0.1:%d backlog=%d;
          location / { return 200 "ok\\n"; }
        }
      }
      """;

  private final Process process;
  private final Path output;
  private final Target target;
  private final int workers;

  private NginxServer(Process process, Path output, Target target, int workers) {
    this.process = process;
    this.output = output;
    this.target = target;
    this.workers = workers;
  }

  /** Starts it and waits until it serves. */
  static NginxServer start(Path program, int workers, Path parent)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(parent, "nginx");
    int port = ShippedConfiguration.freePorts(1).get(0);
    Path conf =
        Files.writeString(
            folder.resolve("nginx.conf"),
            String.format(CONFIGURATION, workers, port, BatonServer.BACKLOG));
    Path output = folder.resolve("output");
    List<String> command =
        List.of("setsid", program.toString(), "-p", folder.toString(), "-c", conf.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    NginxServer server = new NginxServer(process, output, Target.tcp("127.0.0.1", port), workers);
    try {
      Deadline.await(READY, "nginx serves", server::isReady, server::text);
      return server;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private boolean isReady() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("nginx has ended: " + text());
    }
    try (Socket probe = new Socket()) {
      probe.connect(target.address());
      return process.children().count() == workers;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private String text() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "its output cannot be read: " + e;
    }
  }

  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public CpuClock cpu() {
    List<Long> pids = new ArrayList<>(process.children().map(ProcessHandle::pid).toList());
    pids.add(process.pid());
    return new CpuClock(pids);
  }

  /** In order, since its workers outlive a master that is killed. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
