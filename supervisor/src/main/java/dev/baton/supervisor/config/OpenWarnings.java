package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What policies allow although it is probably not meant. */
final class OpenWarnings {

  private final BatonConfig config;
  private final UnixName adminSocket;
  private final List<String> warnings = new ArrayList<>();

  private OpenWarnings(BatonConfig config) {
    this.config = config;
    this.adminSocket = UnixName.of(config.runtimeDir().resolve(InstanceReader.ADMIN_SOCKET));
  }

  /** One sentence each, in the order of the pools, then the service. */
  static List<String> of(BatonConfig config) {
    OpenWarnings found = new OpenWarnings(config);
    config.pools().values().forEach(pool -> found.policy("pool " + pool.name(), pool.openPolicy()));
    config.openService().ifPresent(found::service);
    return found.warnings;
  }

  private void service(OpenServiceConfig service) {
    if (service.address().isAbstract()) {
      warnings.add(
          "services.open has an abstract name, which has no permissions: whoever is in this network"
              + " namespace may connect");
    }
    if (service.clients().isEmpty()) {
      warnings.add("services.open has no clients: every request will be refused");
    }
    for (int i = 0; i < service.clients().size(); i++) {
      policy("services.open.clients[" + i + ']', service.clients().get(i).policy());
    }
  }

  private void policy(String who, OpenPolicyConfig policy) {
    for (OpenRule rule : policy.open()) {
      Path root = rule.root();
      if (config.runtimeDir().startsWith(root)) {
        warnings.add(
            who + " may open files of the runtime directory, which is below the root " + root);
      }
    }
    for (AddressRule rule : policy.connect()) {
      if (rule.unix().filter(adminSocket::equals).isPresent()) {
        warnings.add(who + " may connect to the admin socket, and do what an operator can");
      }
    }
  }
}
