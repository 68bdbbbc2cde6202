package dev.baton.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins the keys of the open server: which component each becomes, and what is left out. */
class OpenKeysTest {

  private static final String POLICY =
      """
          open:
          - root: /var/lib/app
            access: [write, read, create]
            match: "**/*.db"
            follow: yes
            kinds: [directory, file, fifo, device]
          - root: files
          connect:
          - tcp://127.0.0.1:5432
          - tcp://10.0.0.0/8:8000-8099
          - udp://[fd00::]/8:*
          - unix:db.sock
          - unix:@db
          bind:
          - tcp://*:0
          - udp://[::1]:53
      """;

  private static final String YAML =
      """
      name: x
      runtimeDir: /run/x
      pools:
        p:
          plugin: a.B
          user: www-data
          group: 33
      """
          + POLICY.indent(0)
          + """
              openLimits: {inFlight: 1, perSecond: 2, openAtOnce: 3}
          services:
            open:
              address: unix:open.sock
              unix: {permissions: "0600", owner: www-data, group: 33}
              idleTimeout: 5s
              maxClients: 7
              maxClientsPerUser: 6
              clients:
              - users: [root, 4294967294]
                groups: [root, 77]
                open: [{root: /a}]
                connect: ["unix:@a"]
                bind: ["tcp://*:*"]
                limits: {inFlight: 4, perSecond: 5, openAtOnce: 6}
              - users: [12, "*"]
          """;

  @TempDir Path folder;

  private OpenRule rule(String root) {
    return new OpenRule(
        Path.of(root), Set.of(OpenAccess.READ), Optional.empty(), false, Set.of(FileKind.FILE));
  }

  private static Optional<Network> network(String address, int prefix) throws Exception {
    return Optional.of(new Network(InetAddress.getByName(address).getAddress(), prefix));
  }

  private static AddressRule inet(
      String scheme, Optional<Network> network, int from, int to, String text) {
    return new AddressRule(scheme, network, new PortRange(from, to), Optional.empty(), text);
  }

  private static AddressRule unix(String name) {
    return new AddressRule(
        "unix", Optional.empty(), PortRange.ANY, Optional.of(new UnixName(name)), "unix:" + name);
  }

  @Test
  void everyKeyOfAPolicyReachesItsRecord() throws Exception {
    PoolConfig pool = Loaded.in(folder).load(YAML).pools().get("p");
    OpenPolicyConfig policy = pool.openPolicy();
    assertEquals(
        List.of(
            new OpenRule(
                Path.of("/var/lib/app"),
                Set.of(OpenAccess.READ, OpenAccess.WRITE, OpenAccess.CREATE),
                Optional.of("**/*.db"),
                true,
                Set.of(FileKind.values())),
            rule(folder + "/files")),
        policy.open());
    assertEquals(
        List.of(
            inet("tcp", network("127.0.0.1", 32), 5432, 5432, "tcp://127.0.0.1:5432"),
            inet("tcp", network("10.0.0.0", 8), 8000, 8099, "tcp://10.0.0.0/8:8000-8099"),
            inet("udp", network("fd00::", 8), 0, 65535, "udp://[fd00::]/8:*"),
            unix(folder + "/db.sock"),
            unix("@db")),
        policy.connect());
    assertEquals(
        List.of(
            inet("tcp", Optional.empty(), 0, 0, "tcp://*:0"),
            inet("udp", network("::1", 128), 53, 53, "udp://[::1]:53")),
        policy.bind());
    assertEquals(new OpenLimits(1, 2, 3), policy.limits());
    assertEquals(Optional.of("www-data"), pool.user());
    assertEquals(Optional.of("33"), pool.group());
  }

  @Test
  void everyKeyOfTheServiceReachesItsRecord() throws Exception {
    BatonConfig config = Loaded.in(folder).load(YAML);
    OpenPolicyConfig first =
        new OpenPolicyConfig(
            List.of(rule("/a")),
            List.of(unix("@a")),
            List.of(inet("tcp", Optional.empty(), 0, 65535, "tcp://*:*")),
            new OpenLimits(4, 5, 6));
    assertEquals(
        Optional.of(
            new OpenServiceConfig(
                UnixName.of(folder.resolve("open.sock")),
                new UnixOptions(0600, Optional.of("www-data"), Optional.of("33")),
                List.of(
                    new ClientRule(Set.of(0, -2), Set.of(0, 77), false, first),
                    new ClientRule(Set.of(12), Set.of(), true, OpenPolicyConfig.NONE)),
                Duration.ofSeconds(5),
                7,
                6)),
        config.openService());
    assertEquals(List.of(), config.warnings());
  }

  @Test
  void nothingIsOpenByDefault() throws Exception {
    BatonConfig config = Loaded.in(folder).load("pools: {p: {plugin: a.B}}");
    PoolConfig pool = config.pools().get("p");
    assertEquals(OpenPolicyConfig.NONE, pool.openPolicy());
    assertTrue(pool.openPolicy().isClosed());
    assertEquals(new OpenLimits(256, 20_000, 4096), pool.openPolicy().limits());
    assertEquals(Optional.empty(), pool.user());
    assertEquals(Optional.empty(), pool.group());
    assertEquals(Optional.empty(), config.openService());
    for (String left : List.of("services:", "services: {}", "services: {open: }")) {
      assertEquals(Optional.empty(), Loaded.in(folder).load(left).openService(), left);
    }
  }

  @Test
  void sectionsWithoutContentCountAsLeftOut() throws Exception {
    String text = "pools: {p: {plugin: a.B, open: , connect: , bind: , openLimits: }}";
    PoolConfig pool = Loaded.in(folder).load(text).pools().get("p");
    assertEquals(OpenPolicyConfig.NONE, pool.openPolicy());
  }

  @Test
  void serviceDefaults() throws Exception {
    BatonConfig config = Loaded.in(folder).load("services: {open: {address: 'unix:/run/o'}}");
    UnixOptions unix = new UnixOptions(0666, Optional.empty(), Optional.empty());
    assertEquals(
        new OpenServiceConfig(
            new UnixName("/run/o"), unix, List.of(), Duration.ofMinutes(1), 4096, 1024),
        config.openService().orElseThrow());
    assertEquals(
        List.of(
            "there are no pools: nothing will run",
            "services.open has no clients: every request will be refused"),
        config.warnings());
  }

  @Test
  void theFirstEntryThatNamesAClientHolds() throws Exception {
    OpenServiceConfig service =
        Loaded.in(folder)
            .load(
                """
                services:
                  open:
                    address: unix:@o
                    clients:
                    - {users: [12], open: [{root: /a}]}
                    - {groups: [12], open: [{root: /b}]}
                    - {users: [12, 13], groups: [14], open: [{root: /c}]}
                """)
            .openService()
            .orElseThrow();
    assertEquals(List.of(rule("/a")), service.policy(12, 12).open());
    assertEquals(List.of(rule("/b")), service.policy(13, 12).open());
    assertEquals(List.of(rule("/c")), service.policy(13, 0).open());
    assertEquals(List.of(rule("/c")), service.policy(0, 14).open());
    assertEquals(OpenPolicyConfig.NONE, service.policy(0, 0));
    assertEquals(OpenPolicyConfig.NONE, service.policy(14, 13));
  }

  @Test
  void anEntryForEverybodyNamesEverybody() {
    ClientRule everybody = new ClientRule(Set.of(), Set.of(), true, OpenPolicyConfig.NONE);
    assertTrue(everybody.names(0, 0));
    assertTrue(everybody.names(-2, -2));
    ClientRule nobody = new ClientRule(Set.of(), Set.of(), false, OpenPolicyConfig.NONE);
    assertFalse(nobody.names(0, 0));
  }

  @Test
  void yesAndNoFollow() throws Exception {
    for (String word : List.of("yes", "true", "no", "false")) {
      String text = "pools: {p: {plugin: a.B, open: [{root: /a, follow: " + word + "}]}}";
      boolean follows =
          Loaded.in(folder).load(text).pools().get("p").openPolicy().open().get(0).follow();
      assertEquals(word.equals("yes") || word.equals("true"), follows, word);
    }
  }

  @Test
  void whatIsProbablyNotMeantIsAWarning() throws Exception {
    BatonConfig config =
        Loaded.in(folder)
            .load(
                """
                runtimeDir: /run/x
                pools:
                  p:
                    plugin: a.B
                    open: [{root: /run}, {root: /run/x/data}]
                    connect: ["unix:/run/x/admin.sock", "unix:/run/x/other.sock"]
                services:
                  open:
                    address: unix:@o
                    clients: [{users: ["*"], open: [{root: /}]}]
                """);
    assertEquals(
        List.of(
            "pool p may open files of the runtime directory, which is below the root /run",
            "pool p may connect to the admin socket, and do what an operator can",
            "services.open has an abstract name, which has no permissions: whoever is in this"
                + " network namespace may connect",
            "services.open.clients[0] may open files of the runtime directory, which is below the"
                + " root /"),
        config.warnings());
  }
}
