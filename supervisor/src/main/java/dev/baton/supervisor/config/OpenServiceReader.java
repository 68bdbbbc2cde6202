package dev.baton.supervisor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code services.open}: the open server for processes that are not workers. */
final class OpenServiceReader {

  private static final String ADDRESS = "unix:PATH or unix:@NAME";
  private static final String SCHEME = "unix:";
  private static final String EVERYBODY = "*";
  private static final int MOST_CLIENTS = 1_000_000;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  private final Reading reading;
  private final ListenerReader listeners;
  private final AccountReader accounts;

  /**
   * For one file.
   *
   * @param listeners which has read all of them: an address is taken once
   */
  OpenServiceReader(Reading reading, ListenerReader listeners) {
    this.reading = reading;
    this.listeners = listeners;
    this.accounts = new AccountReader(reading);
  }

  /** The service, if the file has one; also empty after a problem with its address was added. */
  Optional<OpenServiceConfig> read(Section services) {
    boolean there = services.raw("open").filter(node -> !node.isNull()).isPresent();
    return there ? service(services.section("open")) : Optional.empty();
  }

  private Optional<OpenServiceConfig> service(Section section) {
    Optional<UnixName> address = section.required("address", ADDRESS).flatMap(this::address);
    UnixOptions unix = unix(section, address);
    List<ClientRule> clients = clients(section);
    Duration idle =
        section
            .duration("idleTimeout", SHORTEST, LONGEST)
            .orElse(OpenServiceConfig.DEFAULT_IDLE_TIMEOUT);
    int most =
        section.integer("maxClients", 1, MOST_CLIENTS, OpenServiceConfig.DEFAULT_MAX_CLIENTS);
    int perUser =
        section.integer(
            "maxClientsPerUser", 1, MOST_CLIENTS, OpenServiceConfig.DEFAULT_MAX_CLIENTS_PER_USER);
    section.finish();
    return address.map(found -> new OpenServiceConfig(found, unix, clients, idle, most, perUser));
  }

  private Optional<UnixName> address(Value value) {
    if (!value.text().startsWith(SCHEME)) {
      reading.refuse(value, ADDRESS);
      return Optional.empty();
    }
    Optional<UnixName> name =
        new AddressReader(reading)
            .unixName(value, value.text().substring(SCHEME.length()), ADDRESS);
    name.ifPresent(found -> listeners.checkFree(value, new UnixAddress(found)));
    return name;
  }

  /** As with listeners, only a socket file has an owner and permissions. */
  private UnixOptions unix(Section service, Optional<UnixName> address) {
    if (service.has("unix") && address.filter(UnixName::isAbstract).isPresent()) {
      String found = "unix options with the address " + Words.quote(SCHEME + address.get());
      reading.problems().add(service.line("unix"), service.path("unix"), found, "none");
    }
    Section section = service.section("unix");
    UnixOptions options = SocketOptionsReader.unix(section, OpenServiceConfig.DEFAULT_PERMISSIONS);
    section.finish();
    return options;
  }

  private List<ClientRule> clients(Section service) {
    List<ClientRule> clients = new ArrayList<>();
    for (Section section : service.sections("clients")) {
      if (!clients.isEmpty() && clients.get(clients.size() - 1).everybody()) {
        // Nobody would be named by it, and what it is to forbid would be allowed.
        String allowed = "none: the first entry that names a client holds for it";
        reading
            .problems()
            .add(section.line(), section.path(), "an entry after one for everybody", allowed);
      }
      clients.add(client(section));
    }
    return OpenRuleReader.bounded(reading, service, "clients", clients);
  }

  private ClientRule client(Section section) {
    if (!section.has("users") && !section.has("groups")) {
      section.missing("users", "users, groups or both; \"*\" among the users for everybody");
    }
    List<Value> users = section.values("users", Substitution.Scope.NOW, "a user");
    List<Value> groups = section.values("groups", Substitution.Scope.NOW, "a group");
    boolean everybody = users.stream().anyMatch(value -> value.text().equals(EVERYBODY));
    List<Value> named = users.stream().filter(v -> !v.text().equals(EVERYBODY)).toList();
    Set<Integer> uids = AccountReader.all(named, accounts::uid);
    Set<Integer> gids = AccountReader.all(groups, accounts::gid);
    OpenPolicyConfig policy = new OpenPolicyReader(reading).read(section, "limits");
    section.finish();
    return new ClientRule(uids, gids, everybody, policy);
  }
}
