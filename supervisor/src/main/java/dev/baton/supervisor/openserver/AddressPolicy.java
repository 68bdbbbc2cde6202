package dev.baton.supervisor.openserver;

import dev.baton.supervisor.config.AddressRule;
import dev.baton.supervisor.config.RequestedAddress;
import java.util.List;
import java.util.stream.Collectors;

/** The rules for addresses of one requester. Immutable. */
final class AddressPolicy {
  /** More rules than that are not told to whom another address was refused. */
  private static final int MOST_TOLD = 8;

  private final List<AddressRule> rules;
  private final String allowed;

  /**
   * @param verb {@code connect} or {@code bind}, as the configuration calls the rules
   */
  AddressPolicy(List<AddressRule> rules, String verb) {
    this.rules = rules;
    this.allowed =
        rules.isEmpty() ? "the configuration has no " + verb + " rules for it" : told(rules);
  }

  private static String told(List<AddressRule> rules) {
    String first =
        rules.stream().limit(MOST_TOLD).map(AddressRule::text).collect(Collectors.joining(", "));
    int more = rules.size() - MOST_TOLD;
    return "no rule allows this; allowed is " + first + (more > 0 ? ", " + more + " more" : "");
  }

  /** Reads an address. */
  static RequestedAddress read(String address) throws Refusal {
    try {
      return RequestedAddress.parse(address);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(e.getMessage());
    }
  }

  /** The rule that allows it, for the audit log. */
  String rule(RequestedAddress address) throws Refusal {
    for (AddressRule rule : rules) {
      if (rule.admits(address)) {
        return "rule " + rule.text();
      }
    }
    throw Refusal.notAllowed(allowed);
  }
}
