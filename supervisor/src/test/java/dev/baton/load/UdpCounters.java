package dev.baton.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the kernel says of UDP in this network namespace: proc(5), /proc/net/snmp, udp and udp6.
 *
 * @param bufferErrors datagrams that were dropped since a socket's receive buffer was full
 * @param noPorts datagrams for ports that nobody was bound to
 * @param drops datagrams that open sockets have dropped, by local port
 */
public record UdpCounters(long bufferErrors, long noPorts, Map<Integer, Long> drops) {

  /** Reads them now. */
  public static UdpCounters read() throws IOException {
    var names = new String[0];
    long buffer = 0;
    long ports = 0;
    // Two lines that begin with "Udp:", the first with names.
    for (var line : Files.readAllLines(Path.of("/proc/net/snmp"))) {
      var field = line.split(" ");
      if (field[0].equals("Udp:")) {
        for (int i = 1; i < names.length; i++) {
          buffer = names[i].equals("RcvbufErrors") ? Long.parseLong(field[i]) : buffer;
          ports = names[i].equals("NoPorts") ? Long.parseLong(field[i]) : ports;
        }
        names = field;
      }
    }
    var drops = new HashMap<Integer, Long>();
    for (var table : new String[] {"/proc/net/udp", "/proc/net/udp6"}) {
      readTable(Path.of(table), drops);
    }
    return new UdpCounters(buffer, ports, drops);
  }

  private static void readTable(Path table, Map<Integer, Long> drops) throws IOException {
    if (Files.notExists(table)) {
      return;
    }
    for (var line : Files.readAllLines(table)) {
      // sl local_address rem_address st queues tr retrnsmt uid timeout inode ref pointer drops
      var field = line.trim().split(" +");
      if (field[0].endsWith(":")) {
        var port = field[1].substring(field[1].indexOf(':') + 1);
        drops.merge(Integer.parseInt(port, 16), Long.parseLong(field[12]), Long::sum);
      }
    }
  }

  /** What came since then; ports whose sockets were closed meanwhile may be below 0. */
  public UdpCounters since(UdpCounters before) {
    var more = new HashMap<>(drops);
    before.drops.forEach((port, count) -> more.merge(port, -count, Long::sum));
    more.values().removeIf(count -> count == 0);
    return new UdpCounters(bufferErrors - before.bufferErrors, noPorts - before.noPorts, more);
  }
}
