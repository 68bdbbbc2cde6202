package dev.baton.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.e2e.kit.BatonProcess;
import dev.baton.e2e.kit.BatonTest;
import dev.baton.e2e.kit.ConfFile;
import dev.baton.e2e.kit.Deadline;
import dev.baton.e2e.kit.Http;
import dev.baton.e2e.kit.Installation;
import dev.baton.e2e.kit.PluginFiles;
import dev.baton.e2e.kit.Proc;
import dev.baton.e2e.kit.Sample;
import dev.baton.e2e.kit.SocketTable;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promise 6, seen in {@code /proc}: a worker inherits 0, 1, 2 and its channel, and gains what it
 * was offered and claims. The supervisor meanwhile holds listeners, files and connections of
 * operators that are none of the worker's business.
 */
@BatonTest
@Timeout(120)
class DescriptorsIT {
  /** What the kernel shows for descriptors that each JVM makes for itself. */
  private static final List<String> OF_A_JVM =
      List.of("anon_inode:[eventfd]", "/dev/random", "/dev/urandom");

  private final Installation installation = Installation.find();
  @TempDir Path folder;
  private Path go;
  private Path inherited;

  @BeforeEach
  void names() {
    go = folder.resolve("go");
    inherited = folder.resolve("inherited");
  }

  @Test
  void aWorkerHasNothingButWhatItWasGiven() throws Exception {
    try (var baton = BatonProcess.launch(installation, conf())) {
      awaitStarting(baton);
      long pid = baton.workers("probe").get(0).pid();
      try (var operators = new Operators(baton)) {
        assertEquals(3, operators.count());
        var ours = sockets(baton.pid());
        assertTrue(ours.size() >= 12, () -> "sockets of the supervisor: " + ours);

        // At its first instruction, by a witness that is no JVM.
        var first = inheritedDescriptors();
        assertEquals(Set.of(0, 1, 2, 3), first.keySet(), first::toString);
        assertEquals("/dev/null", first.get(0), first::toString);
        var log = baton.conf().runtimeDir().resolve("logs").toRealPath();
        assertTrue(first.get(1).startsWith(log + "/"), first::toString);
        assertEquals(first.get(1), first.get(2), first::toString);
        assertTrue(first.get(3).startsWith("socket:"), first::toString);
        // A socketpair has two sockets: the other end is the supervisor's, this one is not.
        assertTrue(!ours.contains(first.get(3)), first::toString);

        // Before the plugin claims, and after.
        var offered = offered(baton);
        assertTrue(offered.containsAll(shared(baton, first.get(3))));
        Files.createFile(go);
        baton.awaitReady();
        assertEquals(pid, baton.workers("probe").get(0).pid());
        assertEquals(offered, shared(baton, first.get(3)));
        var held = targets(pid).stream().filter(t -> t.endsWith(".held")).toList();
        assertEquals(List.of(folder.toRealPath() + "/given.held"), held);
      }
    }
  }

  @Test
  void everyDescriptorOfTheSupervisorIsCloseOnExec() throws Exception {
    Files.createFile(go);
    try (var baton = BatonProcess.start(installation, conf());
        var operators = new Operators(baton)) {
      assertEquals(3, operators.count());
      // So that what serving an operator and starting a worker opens is there.
      baton.run("restart", "probe").expect(0);
      assertEquals(200, Http.get(baton.conf().admin(), "/v1/status").status());

      var sockets = new SocketTable(baton.pid());
      // The only socket that is bound there is that of the admin API.
      var admin = baton.conf().runtimeDir();
      var all = Proc.fds(baton.pid());
      var open =
          all.stream()
              .filter(fd -> fd.number() > 2 && !fd.cloexec())
              .filter(fd -> !ofTheJdk(fd, sockets, admin, jcmds(baton.pid())))
              .toList();
      assertEquals(List.of(), open);

      // And ours are there: otherwise the test would have looked past them. The third is for
      // orphans.
      var closing = all.stream().filter(Proc.Fd::cloexec).map(Proc.Fd::target).toList();
      assertEquals(3, closing.stream().filter(sockets::isSeqpacket).count(), closing::toString);
      assertEquals(2, closing.stream().filter(t -> t.contains("pidfd")).count(), closing::toString);
      assertTrue(closing.containsAll(heldFiles()), closing::toString);
      for (var path : baton.conf().sockets()) {
        assertTrue(
            closing.stream().anyMatch(t -> sockets.isStreamOf(t, path)),
            () -> path + " is not among " + closing);
      }
      var tcp = closing.stream().filter(t -> t.startsWith("socket:") && !sockets.contains(t));
      assertEquals(5, tcp.count(), () -> "TCP listeners among " + closing);
    }
  }

  /** A worker that keeps copies of its listeners is not believed, but looked at. */
  @Test
  void copiesThatNobodyShouldHoldAreMarked() throws Exception {
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    conf.pool(
        "unruly",
        pool ->
            pool.sample(installation, Sample.UNRULY)
                .listeners("tcp", "unix")
                .config("mode", "keep-copies")
                .heap("32m"));
    try (var baton = BatonProcess.start(installation, conf)) {
      baton.awaitStatus(
          Duration.ofSeconds(20),
          "it has its copies",
          status -> status.at("/pools/0/workers/0/text").asText().equals("2 copies kept"));
      var table = baton.run("fds", "unruly/0").expect(0).stdout();
      assertEquals(2, table.split("STRAY", -1).length - 1, table);
      assertEquals(2, table.split("one more than was lent to it", -1).length - 1, table);
      assertEquals(2, table.split(" claimed ", -1).length - 1, table);
      assertTrue(table.endsWith("2 strays: copies that nobody should hold\n"), table);
    }
  }

  private List<String> heldFiles() throws Exception {
    var real = folder.toRealPath();
    return List.of(real + "/given.held", real + "/other.held");
  }

  /**
   * What the JDK opens without close-on-exec, and nobody can tell it to: its jars and its image of
   * modules, sources of random numbers, its wake-up descriptors and pairs of stream sockets without
   * a name, the inotify descriptor of its watch service, and whatever its own channels are: the
   * admin socket and connections to it. None of these is opened by Baton. They do not reach a
   * worker, since the spawn closes everything above the channel.
   */
  private static boolean ofTheJdk(Proc.Fd fd, SocketTable sockets, Path admin, Path jcmds) {
    return fd.target().endsWith(".jar")
        || fd.target().endsWith("/lib/modules")
        || fd.target().contains("inotify")
        || sockets.isNamelessStream(fd.target())
        || sockets.isStreamBelow(fd.target(), admin)
        || sockets.isStreamOf(fd.target(), jcmds)
        || OF_A_JVM.stream().anyMatch(fd.target()::startsWith);
  }

  /** Where HotSpot listens for jcmd from the start, as {@code -Xrs} has it; it is renamed later. */
  private static Path jcmds(long pid) {
    return Path.of("/tmp/.java_pid" + pid + ".tmp");
  }

  /** The two listeners of the probing pool, as the kernel names them. */
  private static Set<String> offered(BatonProcess baton) throws Exception {
    var sockets = new SocketTable(baton.pid());
    var address = (InetSocketAddress) baton.target("tcp").address();
    var offered = new TreeSet<>(sockets.streamsOf(baton.conf().socket("unix")));
    offered.add(sockets.tcpListener(address.getPort()));
    assertEquals(2, offered.size(), offered::toString);
    return offered;
  }

  /**
   * The sockets that the probing worker shares with the supervisor: the only ones that it has
   * besides its channel. Any other descriptor must be of its own JVM.
   */
  private Set<String> shared(BatonProcess baton, String channel) throws Exception {
    long pid = baton.workers("probe").get(0).pid();
    var supervisors = sockets(baton.pid());
    // The JDK keeps one end of a pair, to put it in the place of sockets that it closes.
    var sockets = new SocketTable(pid);
    var shared = new TreeSet<String>();
    var strange = new ArrayList<Proc.Fd>();
    for (var fd : Proc.fds(pid)) {
      if (fd.isSocket()) {
        if (supervisors.contains(fd.target())) {
          shared.add(fd.target());
        } else if (!fd.target().equals(channel) && !sockets.isNamelessStream(fd.target())) {
          strange.add(fd);
        }
      } else if (fd.number() > 3 && !expectedIn(baton, fd)) {
        strange.add(fd);
      }
    }
    assertEquals(List.of(), strange);
    return shared;
  }

  private boolean expectedIn(BatonProcess baton, Proc.Fd fd) throws Exception {
    var releases = baton.conf().runtimeDir().toRealPath();
    return fd.target().endsWith("/lib/modules")
        || fd.target().endsWith(".jar") && !fd.target().contains("/lib/supervisor/")
        || fd.target().startsWith(releases + "/releases/")
        || fd.target().equals(folder.toRealPath() + "/given.held")
        || fd.target().equals("anon_inode:[eventpoll]")
        || OF_A_JVM.stream().anyMatch(fd.target()::startsWith);
  }

  private void awaitStarting(BatonProcess baton) throws Exception {
    baton.awaitStatus(
        Duration.ofSeconds(30),
        "the other pool serves and the probing plugin waits in its constructor",
        status -> {
          var probe = status.at("/pools/0/workers/0");
          return status.at("/pools/1/workers/0/state").asText().equals("serving")
              && probe.path("state").asText().equals("starting")
              && log(baton).contains("scripted: wait");
        });
  }

  private static String log(BatonProcess baton) {
    try {
      return Files.readString(baton.conf().runtimeDir().resolve("logs/probe-0.log"));
    } catch (java.io.IOException e) {
      return "";
    }
  }

  /** Two pools; the first starts its workers through a witness and waits to be told to go on. */
  private ConfFile conf() throws Exception {
    var plugin = new PluginFiles(folder.resolve("plugin")).behaviour("wait " + go);
    var conf = ConfFile.in(folder).tcp("tcp").unix("unix");
    for (int i = 0; i < 4; i++) {
      conf.tcp("other-tcp-" + i).unix("other-unix-" + i);
    }
    conf.file("given", folder.resolve("given.held"), "append", true);
    conf.file("other", folder.resolve("other.held"), "read-write", true);
    conf.pool(
        "probe",
        pool ->
            pool.plugin(PluginFiles.PLUGIN)
                .classPath(plugin.folder().toString())
                .listeners("tcp", "unix")
                .files("given")
                .heap("48m")
                .set("jvm.java", witness().toString()));
    return conf.pool(
        "other",
        pool ->
            pool.sample(installation, Sample.HELLO)
                .listeners("other-tcp-0", "other-unix-0")
                .files("other")
                .heap("48m"));
  }

  /** Writes down what it inherited, and becomes the JVM. */
  private Path witness() {
    try {
      var script = folder.resolve("java");
      var lines =
          List.of(
              "#!/bin/sh",
              // In another shell: this one must not show the redirection.
              "sh -c 'ls -l /proc/$1/fd >$2' sh $$ " + inherited + ".new",
              "mv " + inherited + ".new " + inherited,
              "exec " + installation.javaHome().resolve("bin/java") + " \"$@\"");
      Files.write(script, lines);
      assertTrue(script.toFile().setExecutable(true));
      return script;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What the witness saw, without the script that it is itself. */
  private TreeMap<Integer, String> inheritedDescriptors() throws Exception {
    Deadline.await(
        Duration.ofSeconds(5), "what the witness saw", () -> Files.exists(inherited), () -> "");
    var found = new TreeMap<Integer, String>();
    for (var line : Files.readAllLines(inherited)) {
      var arrow = line.split(" -> ");
      if (arrow.length == 2 && !arrow[1].equals(folder.toRealPath() + "/java")) {
        found.put(Integer.parseInt(arrow[0].substring(arrow[0].lastIndexOf(' ') + 1)), arrow[1]);
      }
    }
    return found;
  }

  private static Set<String> sockets(long pid) {
    return Proc.fds(pid).stream()
        .filter(Proc.Fd::isSocket)
        .map(Proc.Fd::target)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> targets(long pid) {
    return Proc.fds(pid).stream().map(Proc.Fd::target).toList();
  }

  /** Connections to the admin socket that stay open. */
  private static final class Operators implements AutoCloseable {
    private final List<SocketChannel> channels = new ArrayList<>();

    Operators(BatonProcess baton) throws Exception {
      var before = sockets(baton.pid()); // a connection that is just ending may be among them
      for (int i = 0; i < 3; i++) {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channels.add(channel);
        channel.connect(baton.conf().admin().address());
      }
      Deadline.await(
          Duration.ofSeconds(5),
          "the supervisor accepts three connections of operators",
          () -> sockets(baton.pid()).stream().filter(s -> !before.contains(s)).count() >= 3,
          () -> sockets(baton.pid()).toString());
    }

    int count() {
      return channels.size();
    }

    @Override
    public void close() throws java.io.IOException {
      for (var channel : channels) {
        channel.close();
      }
    }
  }
}
