package dev.baton.benchmarks;

import dev.baton.load.Target;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** nginx with a fixed answer; its workers accept from one listener. */
final class NginxServer implements Server {
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

  private final ServerProcess process;
  private final Target target;

  private NginxServer(ServerProcess process, Target target) {
    this.process = process;
    this.target = target;
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
    List<String> command =
        List.of(program.toString(), "-p", folder.toString(), "-c", conf.toString());
    ServerProcess process = ServerProcess.start("nginx", command, folder);
    Target target = Target.tcp("127.0.0.1", port);
    process.awaitReady(() -> accepts(target) && process.children().size() == workers);
    return new NginxServer(process, target);
  }

  private static boolean accepts(Target target) {
    try (Socket probe = new Socket()) {
      probe.connect(target.address());
      return true;
    } catch (IOException e) {
      return false; // not yet
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
    List<Long> pids = new ArrayList<>(process.children());
    pids.add(process.pid());
    return new CpuClock(pids);
  }

  /** In order, since its workers outlive a master that is killed. */
  @Override
  public void close() {
    process.terminate();
  }
}
