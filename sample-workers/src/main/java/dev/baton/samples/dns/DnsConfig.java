package dev.baton.samples.dns;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The plugin's configuration.
 *
 * @param zone the domain it answers for, such as {@code example.test}
 * @param ttl how long others may keep an answer; 1 m when it is left out
 * @param names what there is, by names relative to the zone; {@code @} is the zone itself
 */
public record DnsConfig(String zone, Duration ttl, Map<String, Records> names) {
  /** Fills in the defaults. */
  public DnsConfig {
    if (zone == null) {
      throw new IllegalArgumentException("config.zone is needed, such as example.test");
    }
    ttl = ttl == null ? Duration.ofMinutes(1) : ttl;
    names = names == null ? Map.of() : Map.copyOf(names);
  }

  /**
   * The records of one name; empty lists when they are left out.
   *
   * @param a IPv4 addresses
   * @param aaaa IPv6 addresses
   * @param txt texts
   */
  public record Records(List<String> a, List<String> aaaa, List<String> txt) {
    /** Fills in the defaults. */
    public Records {
      a = a == null ? List.of() : List.copyOf(a);
      aaaa = aaaa == null ? List.of() : List.copyOf(aaaa);
      txt = txt == null ? List.of() : List.copyOf(txt);
    }
  }
}
