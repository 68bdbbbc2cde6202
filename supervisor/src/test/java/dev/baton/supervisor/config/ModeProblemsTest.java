package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One case per kind of mistake in how connections and datagrams reach workers. */
class ModeProblemsTest {

  private static final String LISTENERS =
      """
      listeners:
        open: {address: 'tcp://*:0'}
        split: {address: 'tcp://*:0', mode: reuseport}
        given: {address: 'tcp://*:0', mode: dispatch}
        given2: {address: 'unix:@a', mode: dispatch}
      """;

  @TempDir Path folder;

  private final Mistakes mistakes = new Mistakes();

  private static Stream<Arguments> mistakes() {
    ModeProblemsTest all = new ModeProblemsTest();
    all.modes();
    all.policies();
    all.datagrams();
    all.multicast();
    all.owners();
    all.dispatch();
    all.start();
    return all.mistakes.cases();
  }

  private void modes() {
    String modes = "one of shared, reuseport, dispatch";
    for (String bad : List.of("shard", "DISPATCH", "reuse-port", "")) {
      mistakes.listener(
          "address: tcp://*:0\nmode: '" + bad + "'", 4, "mode", '"' + bad + '"', modes);
    }
    mistakes.listener("address: tcp://*:0\nmode: [shared]", 4, "mode", "a list", modes);
    impossible("udp://*:53", "dispatch", "shared or reuseport");
    impossible("unixgram:/x", "dispatch", "shared");
    impossible("unixgram:@x", "dispatch", "shared");
    impossible("unixgram:/x", "reuseport", "shared");
    impossible("unix:/x", "reuseport", "shared or dispatch");
    impossible("unix:@x", "reuseport", "shared or dispatch");
  }

  private void impossible(String address, String mode, String allowed) {
    mistakes.listener(
        "address: '" + address + "'\nmode: " + mode,
        4,
        "mode",
        mode + " with the address \"" + address + '"',
        allowed);
  }

  private void policies() {
    String tcp = "address: tcp://*:0\nmode: dispatch\n";
    String policies = "one of round-robin, least-connections, client-hash";
    for (String bad : List.of("random", "ROUND_ROBIN", "clienthash")) {
      mistakes.listener(tcp + "policy: " + bad, 5, "policy", '"' + bad + '"', policies);
    }
    for (String mode : List.of("shared", "reuseport")) {
      mistakes.listener(
          "address: tcp://*:0\nmode: " + mode + "\npolicy: round-robin",
          5,
          "policy",
          "a policy with mode " + mode,
          "none, or mode: dispatch");
    }
    mistakes.listener(
        "address: tcp://*:0\npolicy: client-hash",
        4,
        "policy",
        "a policy with mode shared",
        "none, or mode: dispatch");
    for (String address : List.of("unix:/x", "unix:@x")) {
      mistakes.listener(
          "address: '" + address + "'\nmode: dispatch\npolicy: client-hash",
          5,
          "policy",
          "client-hash with the address \"" + address + '"',
          "round-robin or least-connections, as its clients have no address");
    }
  }

  private void datagrams() {
    for (String address : List.of("udp://*:53", "unixgram:/x")) {
      mistakes.listener(
          "address: " + address + "\nbacklog: 5",
          4,
          "backlog",
          "a backlog with the address \"" + address + '"',
          "none");
    }
    String udp = "address: udp://h:1\nudp:\n  ";
    for (String key : List.of("reuseAddress", "ipv6Only")) {
      mistakes.listener(udp + key + ": yes", 5, "udp." + key, "\"yes\"", "true or false");
    }
    String size = "a size such as 64k or 4m, at most 1g; 0 for the system's default";
    for (String key : List.of("receiveBuffer", "sendBuffer")) {
      for (String bad : List.of("64kb", "2g", "-1k")) {
        mistakes.listener(udp + key + ": " + bad, 5, "udp." + key, '"' + bad + '"', size);
      }
    }
    String known =
        "one of ipv6Only, multicast, multicastInterface, receiveBuffer, reuseAddress, sendBuffer";
    mistakes.listener(udp + "backlog: 1", 5, "udp.backlog", "an unknown key", known);
    for (String host : List.of("*", "127.0.0.1")) {
      mistakes.listener(
          "address: 'udp://" + host + ":1'\nudp:\n  ipv6Only: true",
          5,
          "udp.ipv6Only",
          "true with the address udp://" + host + ":1",
          "true with an IPv6 address only");
    }
  }

  private void multicast() {
    String udp = "address: udp://*:1\nudp:\n  ";
    String group = "a multicast address, such as 239.1.2.3 or ff02::fb, without a zone";
    for (String bad : List.of("10.1.2.3", "::1", "239.1.2", "all.example.com", "ff02::fb%eth0")) {
      mistakes.listener(
          udp + "multicast: ['" + bad + "']", 5, "udp.multicast[0]", '"' + bad + '"', group);
    }
    mistakes.listener(
        udp + "multicast: ['ff02::fb', 'ff02:0::fb']",
        5,
        "udp.multicast[1]",
        "\"ff02:0::fb\"",
        "each group once");
    mistakes.listener(udp + "multicast: 239.1.2.3", 5, "udp.multicast", "\"239.1.2.3\"", "a list");
    mistakes.listener(
        udp + "multicastInterface: eth0",
        5,
        "udp.multicastInterface",
        "an interface without groups",
        "none, or groups in multicast");
    mistakes.listener(
        udp + "multicast: [239.1.2.3]\n  multicastInterface: eth/0",
        6,
        "udp.multicastInterface",
        "\"eth/0\"",
        "the name of a network interface, such as eth0");
    mistakes.listener(
        "address: udp://*:1\nmode: reuseport\nudp:\n  multicast: [239.1.2.3]",
        6,
        "udp.multicast",
        "groups with mode reuseport",
        "none, or mode: shared, as every slot would get every datagram");
    nothingArrives("127.0.0.1", "239.1.2.3", "");
    nothingArrives("239.1.2.4", "239.1.2.3", "");
    nothingArrives("0.0.0.0", "ff02::fb", "");
    nothingArrives("[::1]", "ff02::fb", "");
    nothingArrives("[::1]", "239.1.2.3", "");
    nothingArrives("[::]", "239.1.2.3", " and ipv6Only");
  }

  private void nothingArrives(String host, String group, String ipv6Only) {
    String address = "udp://" + host + ":1";
    String only = ipv6Only.isEmpty() ? "" : "\n  ipv6Only: true";
    mistakes.listener(
        "address: '" + address + "'\nudp:\n  multicast: ['" + group + "']" + only,
        5,
        "udp.multicast[0]",
        '"' + group + "\" with the address " + address + ipv6Only,
        "a group whose datagrams arrive there: use the address *, or the group's own");
  }

  private void owners() {
    for (String mode : List.of("reuseport", "dispatch")) {
      String name = mode.equals("dispatch") ? "given" : "split";
      mistakes.mistake(
          LISTENERS
              + "pools:\n  a: {plugin: a.B, listeners: [open, %s]}\n".formatted(name)
              + "  b: {plugin: a.B, listeners: [open, %s]}\n".formatted(name),
          8,
          "pools.b.listeners[1]",
          '"' + name + "\" of mode " + mode + ", which pool a has",
          "a listener that no other pool has, or one of mode shared");
    }
  }

  private void dispatch() {
    String section = "a: {plugin: a.B, listeners: [%s], dispatch: {}}";
    for (String listeners : List.of("", "open", "split", "open, split")) {
      pool(
          section.formatted(listeners),
          "dispatch",
          "dispatch options without a dispatched listener",
          "none, or a listener of mode dispatch");
    }
    option("maxConnections: 0", "maxConnections", "0", "a whole number from 1 to 1000000");
    option("maxUnclaimed: 4097", "maxUnclaimed", "4097", "a whole number from 1 to 4096");
    option("recallAfter: 0s", "recallAfter", "\"0s\"", Mistakes.DURATION + "20ms to 1h");
    option("recallTimeout: 5", "recallTimeout", "5", Mistakes.DURATION + "20ms to 1h");
    String weight = "a whole number from 1 to 100";
    option("weights: [1, 0]", "weights[1]", "0", weight);
    option("weights: [101]", "weights[0]", "101", weight);
    option("weights: [a]", "weights[0]", "\"a\"", weight);
    option("weights: 3", "weights", "3", "a list");
    String many = "weights: [" + "1,".repeat(1000) + "1]";
    option(many, "weights", "1001 of them", "at most 1000");
    String known = "one of maxConnections, maxUnclaimed, recallAfter, recallTimeout, weights";
    option("policy: x", "policy", "an unknown key", known);
  }

  private void option(String yaml, String key, String found, String allowed) {
    pool(
        "a: {plugin: a.B, listeners: [given], dispatch: {" + yaml + "}}",
        "dispatch." + key,
        found,
        allowed);
  }

  private void start() {
    pool("a: {plugin: a.B, start: never}", "start", "\"never\"", "one of always, on-demand");
    pool(
        "a: {plugin: a.B, start: never, idleTimeout: 1s}",
        "start",
        "\"never\"",
        "one of always, on-demand");
    String dispatched = "always, or only listeners of mode dispatch";
    for (String none : List.of("", "listeners: [],", "listeners: ,")) {
      pool(
          "a: {plugin: a.B, " + none + " start: on-demand}",
          "start",
          "on-demand without a listener",
          dispatched);
    }
    for (String mode : List.of("shared", "reuseport")) {
      String name = mode.equals("shared") ? "open" : "split";
      pool(
          "a: {plugin: a.B, start: on-demand, listeners: [given, " + name + "]}",
          "start",
          "on-demand with the listener " + name + " of mode " + mode,
          dispatched);
    }
    String none = "none, or start: on-demand";
    for (String always : List.of("", "start: always, ")) {
      pool(
          "a: {plugin: a.B, " + always + "listeners: [given], idleTimeout: 1s}",
          "idleTimeout",
          "an idle timeout with start always",
          none);
    }
    pool(
        "a: {plugin: a.B, start: on-demand, listeners: [given], idleTimeout: 0}",
        "idleTimeout",
        "0",
        Mistakes.DURATION + "0ms to 1d");
    // A mistake elsewhere has no second problem here.
    String typo = "\"givn\" (did you mean \"given\"?)";
    String names = "one of open, split, given, given2";
    for (String more : List.of("start: on-demand", "dispatch: {}")) {
      pool("a: {plugin: a.B, listeners: [givn], " + more + "}", "listeners[0]", typo, names);
    }
    mistakes.mistake(
        "listeners:\n  a: {address: 'tcp://*:0', mode: dispach}\n"
            + "pools:\n  p: {plugin: a.B, listeners: [a], start: on-demand, dispatch: {}}\n",
        2,
        "listeners.a.mode",
        "\"dispach\"",
        "one of shared, reuseport, dispatch");
  }

  private void pool(String yaml, String key, String found, String allowed) {
    mistakes.mistake(LISTENERS + "pools:\n  " + yaml + "\n", 7, "pools.a." + key, found, allowed);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isReported(String text, String expected) {
    assertEquals(List.of(expected), Loaded.in(folder).problems(text));
  }
}
