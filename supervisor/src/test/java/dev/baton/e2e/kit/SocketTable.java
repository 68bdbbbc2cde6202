package dev.baton.e2e.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The sockets of a process's network namespace at one moment, UNIX-domain ones from {@code
 * /proc/PID/net/unix} and TCP listeners from {@code /proc/PID/net/tcp}: proc(5). Asked by what the
 * link of a descriptor shows: {@code socket:[inode]}.
 */
public final class SocketTable {
  private static final String STREAM = "0001";
  private static final String SEQPACKET = "0005";
  private static final String LISTEN = "0A";

  private record Entry(String type, String path) {}

  private static final Entry NONE = new Entry("", "");

  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<Integer, Set<String>> listeners = new HashMap<>();

  /** Reads the tables. */
  public SocketTable(long pid) throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/net/unix"))) {
      // Num RefCount Protocol Flags Type St Inode Path
      var field = line.trim().split(" +", 8);
      var entry = new Entry(field[4], field.length > 7 ? field[7] : "");
      entries.put("socket:[" + field[6] + "]", entry);
    }
    for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/net/tcp"))) {
      // sl local_address rem_address st queues tr retrnsmt uid timeout inode ...
      var field = line.trim().split(" +");
      if (field[3].equals(LISTEN)) {
        int port = Integer.parseInt(field[1].substring(field[1].indexOf(':') + 1), 16);
        listeners.computeIfAbsent(port, p -> new TreeSet<>()).add("socket:[" + field[9] + "]");
      }
    }
  }

  /** The TCP socket (IPv4) that listens on a port; null if none does. */
  public String tcpListener(int port) {
    return tcpListeners(port).stream().findFirst().orElse(null);
  }

  /** All TCP sockets (IPv4) that listen on a port: with SO_REUSEPORT there can be several. */
  public Set<String> tcpListeners(int port) {
    return listeners.getOrDefault(port, Set.of());
  }

  /** The UNIX-domain sockets that were bound to this name: the listener and what it accepted. */
  public Set<String> streamsOf(Path path) {
    return entries.keySet().stream()
        .filter(target -> isStreamOf(target, path))
        .collect(Collectors.toSet());
  }

  /** Whether it is a UNIX-domain socket at all, and not one of TCP. */
  public boolean contains(String target) {
    return entries.containsKey(target);
  }

  /** Whether it is one of sequenced packets, such as an end of a control channel. */
  public boolean isSeqpacket(String target) {
    return entries.getOrDefault(target, NONE).type.equals(SEQPACKET);
  }

  /** Whether it is a stream socket that was bound to no name, such as one of a pair. */
  public boolean isNamelessStream(String target) {
    var entry = entries.getOrDefault(target, NONE);
    return entry.type.equals(STREAM) && entry.path.isEmpty();
  }

  /** Whether it is a stream socket bound to this name: the listener, or what it accepted. */
  public boolean isStreamOf(String target, Path path) {
    var entry = entries.getOrDefault(target, NONE);
    return entry.type.equals(STREAM) && entry.path.equals(path.toString());
  }

  /**
   * Whether it is a stream socket that was bound to a name below this folder; the file may have
   * been renamed since, which the kernel does not show.
   */
  public boolean isStreamBelow(String target, Path folder) {
    var entry = entries.getOrDefault(target, NONE);
    return entry.type.equals(STREAM) && entry.path.startsWith(folder + "/");
  }
}
