package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One case per kind of mistake in a policy, in the open service, and in a pool's user. */
class OpenProblemsTest {

  private static final String HOST =
      " (* for any host, an IPv4 address, [an IPv6 address], or one of them with /BITS; ports 80,"
          + " 8000-8099";
  private static final String CONNECT =
      "tcp://HOST:PORTS or udp://HOST:PORTS" + HOST + " or *), unix:PATH or unix:@NAME";
  private static final String BIND =
      "tcp://HOST:PORTS or udp://HOST:PORTS" + HOST + ", * or 0, with which the kernel chooses)";
  private static final String ACCESS = "one of read, write, append, create";
  private static final String GLOB =
      "a glob of at most 256 characters for the path below the root, without a slash at its start,"
          + " such as *.db or **/*.db";

  @TempDir Path folder;

  private final Mistakes mistakes = new Mistakes();

  private static Stream<Arguments> mistakes() {
    OpenProblemsTest all = new OpenProblemsTest();
    all.rules();
    all.addresses();
    all.networks();
    all.limits();
    all.users();
    all.service();
    all.clients();
    return all.mistakes.cases();
  }

  private void rules() {
    mistakes.pool("open: /x", 4, "open", "\"/x\"", "a list of mappings");
    mistakes.pool("open: {root: /x}", 4, "open", "a mapping", "a list of mappings");
    mistakes.pool("open: [/x]", 4, "open[0]", "\"/x\"", "a mapping");
    mistakes.pool("open:\n- access: [read]", 5, "open[0].root", "nothing", "a path");
    mistakes.pool("open:\n- root: ''", 5, "open[0].root", "\"\"", "a path");
    rule("roots: /y", "roots", "an unknown key (did you mean \"root\"?)", keys());
    rule("access: read", "access", "\"read\"", "a list");
    rule("access: [reed]", "access[0]", "\"reed\"", ACCESS);
    rule("access: [read-write]", "access[0]", "\"read-write\"", ACCESS);
    rule("access: [read, read]", "access[1]", "\"read\"", "each word once");
    rule("access: []", "access", "an empty list", ACCESS);
    rule("access: [create]", "access", "create alone", "create with read, write or append");
    rule("kinds: [socket]", "kinds[0]", "\"socket\"", "one of file, directory, fifo, device");
    rule("kinds: []", "kinds", "an empty list", "one of file, directory, fifo, device");
    rule("follow: maybe", "follow", "\"maybe\"", "yes or no");
    for (String bad : List.of("", "/x/*", "[a", "{a", "{a,{b}}", "[z-a]", "a\\")) {
      rule("match: '" + bad + "'", "match", Words.quote(bad), GLOB);
    }
    rule("match: " + "a".repeat(257), "match", '"' + "a".repeat(80) + "…\"", GLOB);
  }

  private static String keys() {
    return "one of access, follow, kinds, match, root";
  }

  private void rule(String yaml, String key, String found, String allowed) {
    mistakes.pool("open:\n- root: /x\n  " + yaml, 6, "open[0]." + key, found, allowed);
  }

  private void addresses() {
    mistakes.pool("connect: tcp://1.2.3.4:5", 4, "connect", "\"tcp://1.2.3.4:5\"", "a list");
    List<String> neither =
        List.of(
            "localhost:80",
            "tcp://localhost:80",
            "tcp://127.0.0.1",
            "tcp://127.0.0.1:",
            "tcp://127.0.0.1:65536",
            "tcp://127.0.0.1:http",
            "tcp://127.0.0.1:90-80",
            "tcp://127.0.0.1:0-80",
            "tcp://127.0.0.1:80-",
            "tcp://127.0.0:80",
            "tcp://127.0.0.256:80",
            "tcp://::1:80",
            "tcp://[::1:80",
            "tcp://[fe80::1%eth0]:80",
            "tcp://[1::2::3]:80",
            "tcp://*/8:80",
            "tcp://1.0.0.0/:80",
            "tcp://:80",
            "http://127.0.0.1:80",
            "unixgram:/x",
            "");
    for (String bad : neither) {
      address("connect", bad, CONNECT);
      address("bind", bad, BIND);
    }
    address("bind", "unix:/x", BIND);
    address("bind", "unix:@x", BIND);
    address("connect", "tcp://127.0.0.1:0", CONNECT);
    address("connect", "unix:", CONNECT);
    address("connect", "unix://host/x", CONNECT);
    address("connect", "unix:@", Mistakes.ABSTRACT);
    String path = "/" + "x".repeat(107);
    String found = "the socket path \"/" + "x".repeat(79) + "…\" of 108 bytes";
    mistakes.pool("connect: ['unix:" + path + "']", 4, "connect[0]", found, "at most 107 bytes");
  }

  private void address(String key, String text, String allowed) {
    mistakes.pool(key + ": ['" + text + "']", 4, key + "[0]", '"' + text + '"', allowed);
  }

  private void networks() {
    address("connect", "tcp://10.0.0.0/33:80", "at most /32 after this address");
    address("connect", "tcp://[fd00::]/129:80", "at most /128 after this address");
    address("connect", "tcp://[::ffff:10.0.0.0]/104:80", "at most /32 after this address");
    String other = ", the network that this address is in, or another prefix";
    address("connect", "tcp://10.1.0.0/8:80", "10.0.0.0/8" + other);
    address("bind", "tcp://[fd00::1]/9:80", "[fd00:0:0:0:0:0:0:0]/9" + other);
  }

  private void limits() {
    String allowed = "a whole number from 1 to 1000000";
    for (String key : List.of("inFlight", "perSecond", "openAtOnce")) {
      mistakes.pool("openLimits:\n  " + key + ": 0", 5, "openLimits." + key, "0", allowed);
    }
    mistakes.pool("openLimits: 5", 4, "openLimits", "5", "a mapping");
  }

  private void users() {
    mistakes.pool("user: a b", 4, "user", "\"a b\"", "the name or number of a user");
    mistakes.pool("user: -1", 4, "user", "-1", "the name or number of a user");
    mistakes.pool("user: a\ngroup: ''", 5, "group", "\"\"", "the name or number of a group");
    mistakes.pool("group: a", 4, "group", "a group without a user", "both or none");
  }

  private void service() {
    String address = "unix:PATH or unix:@NAME";
    mistakes.mistake("services: 3\n", 1, "services", "3", "a mapping");
    mistakes.mistake("services: {opn: {}}\n", 1, "services.opn", unknown("open"), "one of open");
    mistakes.mistake("services: {open: []}\n", 1, "services.open", "a list", "a mapping");
    mistakes.mistake(
        "services:\n  open: {maxClients: 1}\n", 2, "services.open.address", "nothing", address);
    for (String bad :
        List.of("/run/x", "tcp://127.0.0.1:1", "unixgram:/x", "unix:", "unix://h/x")) {
      mistakes.mistake(
          "services: {open: {address: '" + bad + "'}}\n",
          1,
          "services.open.address",
          '"' + bad + '"',
          address);
    }
    mistakes.mistake(
        "listeners: {l: {address: 'unix:/x'}}\nservices: {open: {address: 'unix:/x'}}\n",
        2,
        "services.open.address",
        "\"unix:/x\"",
        "an address that no other listener has; l has this one");
    mistakes.mistake(
        "runtimeDir: /r\nservices: {open: {address: 'unix:/r/admin.sock'}}\n",
        2,
        "services.open.address",
        "\"unix:/r/admin.sock\"",
        "another path: this one is the admin socket");
    option("unix: {permissions: 666}", "unix.permissions", "666", Mistakes.OCTAL);
    option("unix: {owner: a b}", "unix.owner", "\"a b\"", "the name or number of a user");
    option("idleTimeout: 0s", "idleTimeout", "\"0s\"", Mistakes.DURATION + "1ms to 1d");
    option("maxClients: 0", "maxClients", "0", "a whole number from 1 to 1000000");
    option("maxClientsPerUser: 0", "maxClientsPerUser", "0", "a whole number from 1 to 1000000");
    mistakes.mistake(
        "services: {open: {address: 'unix:@o', unix: {permissions: \"0600\"}}}\n",
        1,
        "services.open.unix",
        "unix options with the address \"unix:@o\"",
        "none");
  }

  private static String unknown(String meant) {
    return "an unknown key (did you mean \"" + meant + "\"?)";
  }

  private void option(String yaml, String key, String found, String allowed) {
    String text = "services:\n  open:\n    address: unix:/x\n    " + yaml + "\n";
    mistakes.mistake(text, 4, "services.open." + key, found, allowed);
  }

  private void clients() {
    String clients = "clients[0]";
    option("clients: root", "clients", "\"root\"", "a list of mappings");
    option(
        "clients: [{open: [{root: /a}]}]",
        clients + ".users",
        "nothing",
        "users, groups or both; \"*\" among the users for everybody");
    option("clients: [{users: root}]", clients + ".users", "\"root\"", "a list");
    option(
        "clients: [{users: [a b]}]",
        clients + ".users[0]",
        "\"a b\"",
        "the name or number of a user");
    String none = "no-such-account-xyz";
    option(
        "clients: [{users: [" + none + "]}]",
        clients + ".users[0]",
        '"' + none + '"',
        "a user that this machine has");
    option(
        "clients: [{groups: [" + none + "]}]",
        clients + ".groups[0]",
        '"' + none + '"',
        "a group that this machine has");
    option(
        "clients: [{groups: ['*']}]",
        clients + ".groups[0]",
        "\"*\"",
        "the name or number of a group");
    option(
        "clients: [{users: [4294967295]}]",
        clients + ".users[0]",
        "4294967295",
        "the number of a user, at most 4294967294");
    option(
        "clients: [{users: ['*']}, {users: [5]}]",
        "clients[1]",
        "an entry after one for everybody",
        "none: the first entry that names a client holds for it");
    option(
        "clients: [{users: [5], openLimits: {}}]",
        clients + ".openLimits",
        "an unknown key",
        "one of bind, connect, groups, limits, open, users");
    option("clients: [{users: [5], connect: [x]}]", clients + ".connect[0]", "\"x\"", CONNECT);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isReported(String text, String expected) {
    assertEquals(List.of(expected), Loaded.in(folder).problems(text));
  }

  @Test
  void aListHasAnEnd() {
    String many =
        IntStream.rangeClosed(1, 257)
            .mapToObj(port -> "'tcp://*:" + port + "'")
            .collect(Collectors.joining(", "));
    assertEquals(
        List.of("test.yaml:1: pools.p.bind: found 257 of them, allowed: at most 256"),
        Loaded.in(folder).problems("pools: {p: {plugin: a.B, bind: [" + many + "]}}"));
  }

  @Test
  void allProblemsComeAtOnce() {
    String text =
        """
        pools:
          p:
            plugin: a.B
            group: g
            open:
            - access: [reed]
            - root: /x
              match: '['
            connect: [nowhere]
        services:
          open:
            clients: [{users: []}, {open: []}]
        """;
    assertEquals(
        List.of(4, 6, 6, 8, 9, 11, 12),
        Loaded.in(folder).problems(text).stream()
            .map(problem -> Integer.valueOf(problem.split(":")[1]))
            .toList());
  }
}
