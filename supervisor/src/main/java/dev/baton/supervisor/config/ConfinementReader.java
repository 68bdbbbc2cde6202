package dev.baton.supervisor.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Reads what confines a pool's workers. */
final class ConfinementReader {

  private static final int MOST_GROUPS = 64;
  private static final long SMALLEST_MEMORY = 16L << 20;
  private static final int FEWEST_PIDS = 16;
  private static final int MOST_PIDS = 4 << 20; // PID_MAX_LIMIT
  private static final double LEAST_CPU = 0.01; // the kernel's least quota: 1 ms of 100
  private static final int MOST_CPUS = 8192;
  private static final String SIZE = "a size such as 512k, 64m, 1g or a whole number of bytes";
  private static final Map<String, Boolean> YES_OR_NO =
      Map.of("yes", true, "true", true, "no", false, "false", false);
  private static final String VARIABLES = "yes, no, or a list of names of variables";

  private final Reading reading;

  ConfinementReader(Reading reading) {
    this.reading = reading;
  }

  /**
   * Reads the keys of a pool.
   *
   * @param heapBytes the largest heap of a worker, as far as it is written
   */
  ConfinementConfig read(Section pool, Optional<Long> heapBytes) {
    return new ConfinementConfig(
        groups(pool),
        flag(pool, "noNewPrivileges", pool.has("user")),
        umask(pool),
        limits(pool.section("limits")),
        number(pool, "nice", -20, 19),
        pool.parsed("cpuAffinity", "CPUs such as 0, 0-3 or 0,2-3", CpuSet::parse),
        number(pool, "oomScoreAdjust", -1000, 1000),
        inherited(pool),
        cgroup(pool, heapBytes));
  }

  private static boolean flag(Section section, String key, boolean otherwise) {
    return section.choice(key, YES_OR_NO, "yes or no").orElse(otherwise);
  }

  /** Root with other groups would still be root. */
  private Optional<List<String>> groups(Section pool) {
    Optional<LocatedNode> written = pool.raw("groups").filter(node -> !node.isNull());
    if (written.isEmpty()) {
      return Optional.empty();
    }
    if (!pool.has("user")) {
      refuse(pool, "groups", "groups without a user", "both or none");
    }
    List<String> groups = new ArrayList<>();
    for (Value value :
        pool.values("groups", Substitution.Scope.NOW, AccountReader.allowed("group"))) {
      if (!AccountReader.fits(value.text())) {
        reading.refuse(value, AccountReader.allowed("group"));
      } else if (groups.contains(value.text())) {
        reading.refuse(value, "each group once");
      } else {
        groups.add(value.text());
      }
    }
    if (groups.size() > MOST_GROUPS) {
      refuse(pool, "groups", groups.size() + " groups", "at most " + MOST_GROUPS);
    }
    return Optional.of(groups);
  }

  private OptionalInt umask(Section pool) {
    String allowed = "an octal mask with a leading zero, from 0000 to 0777, such as 0027";
    return ints(pool.parsed("umask", allowed, Numbers::permissions));
  }

  private static OptionalInt number(Section section, String key, int min, int max) {
    String allowed = "a whole number from " + min + " to " + max;
    return ints(section.parsed(key, allowed, text -> Numbers.integer(text, min, max)));
  }

  private static OptionalInt ints(Optional<Integer> number) {
    return number.stream().mapToInt(Integer::intValue).findFirst();
  }

  private static Map<ResourceLimit, Long> limits(Section section) {
    Map<ResourceLimit, Long> limits = new EnumMap<>(ResourceLimit.class);
    for (ResourceLimit limit : ResourceLimit.values()) {
      String kind = limit.size() ? SIZE : "a whole number";
      section
          .parsed(
              limit.key(),
              kind + ", at least " + limit.least() + ", or unlimited",
              text -> limit(limit, text))
          .ifPresent(value -> limits.put(limit, value));
    }
    section.finish();
    return limits;
  }

  private static Optional<Long> limit(ResourceLimit limit, String text) {
    if (text.equals("unlimited")) {
      return Optional.of(ResourceLimit.UNLIMITED);
    }
    return Sizes.parse(text).stream()
        .boxed()
        .filter(value -> value >= limit.least())
        .filter(value -> limit.size() || Character.isDigit(text.charAt(text.length() - 1)))
        .findFirst();
  }

  private InheritedEnvironment inherited(Section pool) {
    Optional<LocatedNode> written = pool.raw("inheritEnvironment").filter(node -> !node.isNull());
    if (written.isEmpty() || written.get() instanceof LocatedNode.Mapping) {
      written.ifPresent(node -> refuse(pool, "inheritEnvironment", node.words(), VARIABLES));
      return InheritedEnvironment.NONE;
    }
    if (written.get() instanceof LocatedNode.Scalar) {
      boolean all = pool.choice("inheritEnvironment", YES_OR_NO, VARIABLES).orElse(false);
      return new InheritedEnvironment(all, Set.of());
    }
    Set<String> names = new LinkedHashSet<>();
    String allowed = "the name of a variable, from letters, digits and _, no digit first";
    for (Value value : pool.values("inheritEnvironment", Substitution.Scope.NOW, allowed)) {
      if (!Substitution.environmentName(value.text())) {
        reading.refuse(value, allowed);
      } else if (value.text().startsWith("BATON_")) {
        reading.refuse(value, "a name that does not start with BATON_, which is reserved");
      } else {
        names.add(value.text());
      }
    }
    return new InheritedEnvironment(false, names);
  }

  private Optional<CgroupConfig> cgroup(Section pool, Optional<Long> heapBytes) {
    if (!pool.has("cgroup")) {
      return Optional.empty();
    }
    Section section = pool.section("cgroup");
    CgroupConfig cgroup =
        new CgroupConfig(
            section
                .value("parent", Substitution.Scope.NOW, "the folder of a cgroup")
                .flatMap(reading::path),
            memory(section),
            section.decimal("cpuMax", LEAST_CPU, MOST_CPUS, 0),
            number(section, "pidsMax", FEWEST_PIDS, MOST_PIDS),
            flag(section, "required", false));
    section.finish();
    long heap = heapBytes.orElse(0L);
    if (cgroup.memoryBytes().isPresent() && cgroup.memoryBytes().getAsLong() <= heap) {
      String found = cgroup.memoryBytes().getAsLong() + " bytes, with a heap of " + heap;
      refuse(section, "memoryMax", found, "more than the heap, as a JVM needs more than that");
    }
    return Optional.of(cgroup);
  }

  private static OptionalLong memory(Section section) {
    return section
        .parsed(
            "memoryMax",
            SIZE + ", at least " + (SMALLEST_MEMORY >> 20) + "m",
            text ->
                Sizes.parse(text).stream().boxed().findFirst().filter(n -> n >= SMALLEST_MEMORY))
        .stream()
        .mapToLong(Long::longValue)
        .findFirst();
  }

  private void refuse(Section section, String key, String found, String allowed) {
    reading.problems().add(section.line(key), section.path(key), found, allowed);
  }
}
