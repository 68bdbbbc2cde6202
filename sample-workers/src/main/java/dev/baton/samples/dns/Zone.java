package dev.baton.samples.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The names of one zone and what there is of each. Immutable. */
final class Zone {
  private final Name origin;
  private final int ttl;
  private final ResourceRecord soa;
  private final Map<Name, List<ResourceRecord>> names = new HashMap<>();

  /**
   * Checks and encodes everything.
   *
   * @throws IllegalArgumentException naming the key that does not fit
   */
  Zone(DnsConfig config) {
    origin = at("config.zone", () -> Name.of(config.zone()));
    if (origin.wire().length() + "hostmaster".length() + 1 > 255) {
      throw new IllegalArgumentException("config.zone: too long for the names below it");
    }
    if (config.ttl().isNegative() || config.ttl().getSeconds() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "config.ttl: found " + config.ttl() + ", allowed are 0 to " + Integer.MAX_VALUE + " s");
    }
    ttl = (int) config.ttl().getSeconds();
    soa = ResourceRecord.soa(origin, ttl);
    names.put(origin, new ArrayList<>(List.of(soa, ResourceRecord.ns(origin, ttl))));
    config.names().forEach(this::add);
    names.replaceAll((name, records) -> List.copyOf(records));
  }

  private void add(String relative, DnsConfig.Records records) {
    String key = "config.names." + relative;
    if (records == null) {
      throw new IllegalArgumentException(key + ": found nothing, allowed are a, aaaa, txt");
    }
    Name name = at(key, () -> relative.equals("@") ? origin : below(relative));
    List<ResourceRecord> all = of(name);
    addAll(key + ".a", records.a(), ResourceRecord::a, all);
    addAll(key + ".aaaa", records.aaaa(), ResourceRecord::aaaa, all);
    addAll(key + ".txt", records.txt(), ResourceRecord::txt, all);
    // Names between this one and the zone exist, too, though there is nothing of them: RFC 8020.
    for (Name above = name; !above.equals(origin); above = above.parent()) {
      of(above);
    }
  }

  private Name below(String relative) {
    if (relative.isEmpty() || relative.endsWith(".")) {
      throw new IllegalArgumentException("allowed is @, or a name relative to the zone");
    }
    String labels = Name.of(relative).wire();
    String wire = labels.substring(0, labels.length() - 1) + origin.wire();
    if (wire.length() > 255) {
      throw new IllegalArgumentException("found a name of more than 255 bytes with the zone");
    }
    return new Name(wire);
  }

  private List<ResourceRecord> of(Name name) {
    return names.computeIfAbsent(name, n -> new ArrayList<>());
  }

  private void addAll(
      String key,
      List<String> texts,
      BiFunction<String, Integer, ResourceRecord> reader,
      List<ResourceRecord> to) {
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      to.add(at(key + "[" + i + "]", () -> reader.apply(text, ttl)));
    }
  }

  private static <T> T at(String key, java.util.function.Supplier<T> reader) {
    try {
      return reader.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }

  Name origin() {
    return origin;
  }

  /** Goes with every answer that says that there is none. */
  ResourceRecord soa() {
    return soa;
  }

  boolean exists(Name name) {
    return names.containsKey(name);
  }

  /** What there is of a name and type; empty when there is none. */
  List<ResourceRecord> find(Name name, int type) {
    List<ResourceRecord> records = names.getOrDefault(name, List.of());
    if (type == ResourceRecord.ANY) {
      return records.isEmpty() ? records : List.of(ResourceRecord.notAll(ttl));
    }
    return records.stream().filter(r -> r.type() == type).toList();
  }
}
