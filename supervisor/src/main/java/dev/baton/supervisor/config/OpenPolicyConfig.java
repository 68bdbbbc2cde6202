package dev.baton.supervisor.config;

import java.util.List;
import java.util.Objects;

/**
 * What the open server does for somebody; what no rule allows is refused. Immutable.
 *
 * @param open rules for files, in the order of the file
 * @param connect addresses to which sockets are connected: TCP, UDP and UNIX-domain streams
 * @param bind addresses that are bound: TCP, then also listening, and UDP
 * @param limits how much may be asked for
 */
public record OpenPolicyConfig(
    List<OpenRule> open, List<AddressRule> connect, List<AddressRule> bind, OpenLimits limits) {

  /** Everything is refused. */
  public static final OpenPolicyConfig NONE =
      new OpenPolicyConfig(List.of(), List.of(), List.of(), OpenLimits.DEFAULTS);

  /** Copies the lists. */
  public OpenPolicyConfig {
    open = List.copyOf(open);
    connect = List.copyOf(connect);
    bind = List.copyOf(bind);
    Objects.requireNonNull(limits, "limits");
  }

  /** Whether no request at all can be granted. */
  public boolean isClosed() {
    return open.isEmpty() && connect.isEmpty() && bind.isEmpty();
  }
}
