package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One case per kind of mistake in the address of a listener and the options of its socket. */
class ListenerProblemsTest {

  @TempDir Path folder;

  private final Mistakes mistakes = new Mistakes();

  private static Stream<Arguments> mistakes() {
    ListenerProblemsTest all = new ListenerProblemsTest();
    all.listeners();
    all.socketOptions();
    return all.mistakes.cases();
  }

  private void listeners() {
    mistakes.mistake(
        "listeners:\n  A_b: {address: 'tcp://*:0'}\n",
        2,
        "listeners.A_b",
        "\"A_b\"",
        Mistakes.NAME);
    mistakes.mistake("listeners:\n\n  a:\n", 3, "listeners.a.address", "nothing", Mistakes.ADDRESS);
    for (String bad :
        List.of(
            "8080",
            "tcp://8080",
            "tcp://:80",
            "tcp://h:",
            "tcp://h:65536",
            "tcp://h:-1",
            "tcp://h:http",
            "tcp://256.0.0.1:80",
            "tcp://1.2.3:80",
            "tcp://::1:80",
            "tcp://[::1:80",
            "tcp://[1.2.3.4]:80",
            "tcp://[::g]:80",
            "tcp://[:::]:80",
            "tcp://-a:80",
            "tcp://a..b:80",
            "tcp://a_:80",
            "udp:80",
            "udp://:80",
            "udp://a:65536",
            "sctp://a:80",
            "unix:",
            "unixgram:",
            "unixdgram:/x",
            "unix://host/path",
            "unixgram://host/path")) {
      boolean number = bad.equals("8080");
      mistakes.listener("address: '" + bad + "'", 3, "address", '"' + bad + '"', Mistakes.ADDRESS);
      if (number) {
        mistakes.listener("address: " + bad, 3, "address", bad, Mistakes.ADDRESS);
      }
    }
    for (String bad : List.of("@", "@a b", "@a\u00e4", "@" + "a".repeat(108))) {
      String shown =
          ("unix:" + bad).length() > 80 ? ("unix:" + bad).substring(0, 80) + "…" : "unix:" + bad;
      mistakes.listener(
          "address: 'unix:" + bad + "'", 3, "address", '"' + shown + '"', Mistakes.ABSTRACT);
    }
    String path = "/run/" + "a".repeat(70) + "/" + "b".repeat(33);
    mistakes.listener(
        "address: unix:" + path,
        3,
        "address",
        "the socket path \"" + path.substring(0, 80) + "…\" of 109 bytes",
        "at most 107 bytes");
    mistakes.listener(
        "address: tcp://*:0\nbacklog: 0", 4, "backlog", "0", "a whole number from 1 to 65535");
    same("tcp://[::1]:80", "tcp://[0:0::1]:80");
    same("tcp://*:80", "tcp://[::]:80");
    same("tcp://LOCALHOST:80", "tcp://localhost:80");
    same("tcp://127.0.0.1:80", "tcp://127.0.00.1:80");
    same("udp://[::1]:53", "udp://[0::1]:53");
    same("unix:/run/x.sock", "unix:/run/y/../x.sock");
    same("unix:/run/x.sock", "unixgram:/run/x.sock");
    same("unix:@x", "unix:@x");
    same("unixgram:@x", "unixgram:@x");
    mistakes.listener(
        "address: unix:${baton.runtime}/admin.sock\n",
        3,
        "address",
        "\"unix:/run/test/NAME/admin.sock\" (written as \"unix:${baton.runtime}/admin.sock\")",
        "another path: this one is the admin socket");
  }

  private static String with(String address) {
    return "options with the address \"" + address + '"';
  }

  private void same(String first, String second) {
    mistakes.mistake(
        "listeners:\n  a: {address: '" + first + "'}\n  b:\n    address: '" + second + "'\n",
        4,
        "listeners.b.address",
        '"' + second + '"',
        "an address that no other listener has; a has this one");
  }

  private void socketOptions() {
    String tcp = "address: tcp://h:1\ntcp:\n  ";
    String unix = "address: unix:/x\nunix:\n  ";
    for (String key : List.of("reuseAddress", "keepAlive", "noDelay", "ipv6Only")) {
      mistakes.listener(tcp + key + ": yes", 5, "tcp." + key, "\"yes\"", "true or false");
    }
    String whole = "a duration of whole seconds from 1s to 5m";
    for (String bad : List.of("1500ms", "0s", "301s", "6m")) {
      mistakes.listener(tcp + "deferAccept: " + bad, 5, "tcp.deferAccept", '"' + bad + '"', whole);
    }
    String queue = "a whole number from 0 to 65535";
    mistakes.listener(tcp + "fastOpenQueue: -1", 5, "tcp.fastOpenQueue", "-1", queue);
    String known = "one of deferAccept, fastOpenQueue, ipv6Only, keepAlive, noDelay, reuseAddress";
    String hint = "an unknown key (did you mean \"noDelay\"?)";
    mistakes.listener(tcp + "nodelay: true", 5, "tcp.nodelay", hint, known);
    for (String host : List.of("*", "127.0.0.1")) {
      mistakes.listener(
          "address: 'tcp://" + host + ":1'\ntcp:\n  ipv6Only: true",
          5,
          "tcp.ipv6Only",
          "true with the address tcp://" + host + ":1",
          "true with an IPv6 address only");
    }
    mistakes.listener("address: unix:/x\ntcp: {}", 4, "tcp", "tcp " + with("unix:/x"), "none");
    mistakes.listener("address: udp://h:1\ntcp: {}", 4, "tcp", "tcp " + with("udp://h:1"), "none");
    for (String address : List.of("tcp://h:1", "udp://h:1", "unix:@x", "unixgram:@x")) {
      mistakes.listener(
          "address: '" + address + "'\nunix: {}", 4, "unix", "unix " + with(address), "none");
    }
    for (String address : List.of("tcp://h:1", "unix:/x", "unixgram:/x")) {
      mistakes.listener(
          "address: " + address + "\nudp: {}", 4, "udp", "udp " + with(address), "none");
    }
    for (String bad : List.of("660", "0880", "01777", "0o660")) {
      String found = bad.matches("[0-9]+") && !bad.equals("0880") ? bad : '"' + bad + '"';
      mistakes.listener(unix + "permissions: " + bad, 5, "unix.permissions", found, Mistakes.OCTAL);
    }
    mistakes.listener(unix + "permissions: rw", 5, "unix.permissions", "\"rw\"", Mistakes.OCTAL);
    mistakes.listener(
        unix + "owner: a b", 5, "unix.owner", "\"a b\"", "the name or number of a user");
    mistakes.listener(
        unix + "group: [x]", 5, "unix.group", "a list", "the name or number of a group");
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isReported(String text, String expected) {
    String name = InstanceReader.nameOf(folder.resolve("test.yaml"));
    String problem = expected.replace("NAME/admin", name + "/admin");
    assertEquals(List.of(problem), Loaded.in(folder).problems(text));
  }
}
