package dev.baton.supervisor.config;

/** Reads what the open server may do for a pool or for a client. */
final class OpenPolicyReader {

  private static final int MOST = 1_000_000;

  private final OpenRuleReader rules;
  private final AddressRuleReader addresses;

  OpenPolicyReader(Reading reading) {
    this.rules = new OpenRuleReader(reading);
    this.addresses = new AddressRuleReader(reading);
  }

  /**
   * The keys {@code open}, {@code connect} and {@code bind} of a section.
   *
   * @param limits the key of the limits
   */
  OpenPolicyConfig read(Section section, String limits) {
    return new OpenPolicyConfig(
        rules.read(section, "open"),
        addresses.connect(section),
        addresses.bind(section),
        limits(section.section(limits)));
  }

  private static OpenLimits limits(Section section) {
    OpenLimits otherwise = OpenLimits.DEFAULTS;
    OpenLimits limits =
        new OpenLimits(
            section.integer("inFlight", 1, MOST, otherwise.inFlight()),
            section.integer("perSecond", 1, MOST, otherwise.perSecond()),
            section.integer("openAtOnce", 1, MOST, otherwise.openAtOnce()));
    section.finish();
    return limits;
  }
}
