package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that answers new connections and is compared with dispatch, two workers each. */
final class Contestants implements AutoCloseable {
  /** The names of those that others are compared with. */
  static final String C_HAND_OFF = "C, hand-off";

  static final String SHARED = "Baton, shared";
  static final String DISPATCH = "Baton, dispatch";
  static final String NODE_HAND_OFF = "Node cluster, hand-off";

  private static final int WORKERS = 2;

  private final Map<String, Server> servers = new LinkedHashMap<>();
  private final List<String> missing = new ArrayList<>();
  private PluginServer dispatch;

  private Contestants() {}

  /** Starts all that can be started here. */
  static Contestants start(Settings settings, References references, Path folder)
      throws IOException, InterruptedException {
    Contestants all = new Contestants();
    try {
      String program = references.compile("server").toString();
      all.c("C, shared", false, List.of(program, "direct"), folder);
      all.c(C_HAND_OFF, true, List.of(program, "handoff"), folder);
      all.add(plugin(settings, "shared", folder));
      all.dispatch = plugin(settings, "dispatch", folder);
      all.add(all.dispatch);
      all.node(references, folder);
      all.nginx(folder);
      return all;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      all.close();
      throw e;
    }
  }

  private static PluginServer plugin(Settings settings, String mode, Path folder)
      throws IOException, InterruptedException {
    Path own = Files.createDirectory(folder.resolve(mode));
    return PluginServer.start(settings.installation(), mode, WORKERS, own);
  }

  private void c(String name, boolean handsOff, List<String> command, Path folder)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(command);
    line.add(String.valueOf(WORKERS));
    add(ProgramServer.start(name, handsOff, line, folder));
  }

  private void node(References references, Path folder) throws IOException, InterruptedException {
    Optional<Path> node = Commands.find("node");
    if (node.isEmpty()) {
      missing.add("Node is not installed (apt-get install nodejs), so it is left out.");
      return;
    }
    String script = references.node("cluster").toString();
    c("Node cluster, shared", false, List.of(node.get().toString(), script, "none"), folder);
    c(NODE_HAND_OFF, true, List.of(node.get().toString(), script, "rr"), folder);
  }

  private void nginx(Path folder) throws IOException, InterruptedException {
    Optional<Path> nginx = Commands.find("nginx");
    if (nginx.isEmpty()) {
      missing.add("nginx is not installed (apt-get install nginx-light), so it is left out.");
      return;
    }
    add(NginxServer.start(nginx.get(), WORKERS, folder));
  }

  private void add(Server server) {
    servers.put(server.name(), server);
  }

  /** All of them, in the order of the report. */
  List<Server> all() {
    return List.copyOf(servers.values());
  }

  /** One of them. */
  Server get(String name) {
    return servers.get(name);
  }

  /** Our own in dispatch mode. */
  PluginServer dispatch() {
    return dispatch;
  }

  /** What could not be started here, in sentences. */
  List<String> missing() {
    return List.copyOf(missing);
  }

  @Override
  public void close() {
    List<Server> last = new ArrayList<>(servers.values());
    Collections.reverse(last);
    last.forEach(Server::close);
  }
}
