package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads one pool after the other; knows which listeners and files there are. */
final class PoolReader {

  static final int MOST_WORKERS = 1000;

  private static final int MOST_ENDS = 1000;

  private static final Duration NONE = Duration.ZERO;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  private final Reading reading;
  private final PoolListeners listeners;
  private final Set<String> files;
  private final Set<String> pools;
  private final SupervisionReader supervision;

  PoolReader(Reading reading, PoolListeners listeners, Set<String> files, Set<String> pools) {
    this.reading = reading;
    this.listeners = listeners;
    this.files = files;
    this.pools = pools;
    this.supervision = new SupervisionReader(reading);
  }

  /** Checks what concerns all pools together, once they were read. */
  void finish() {
    supervision.checkOrder();
  }

  /** The pool; never empty, but without a meaning after a problem. */
  Optional<PoolConfig> read(String name, Section section) {
    boolean classPath =
        section.raw("classPath").filter(node -> !node.isNull() && !node.isEmptyList()).isPresent();
    if (!section.has("plugin") && !classPath) {
      section.missing("plugin", "the class of a plugin, or a classPath to find it on");
    }
    Consumer<Value> use = value -> listeners.use(name, value);
    List<String> used = references(section, "listeners", listeners.names(), use);
    listeners.checkDispatch(section, used);
    JvmConfig jvm = new JvmReader(reading).read(section.section("jvm"));
    PoolConfig pool =
        new PoolConfig(
            name,
            section.parsed(
                "plugin",
                "the full name of a Java class, such as com.example.MyWorker",
                text -> Optional.of(text).filter(PoolReader::className)),
            classPath(section),
            section.integer("workers", 0, MOST_WORKERS, 1),
            used,
            references(section, "files", files, value -> {}),
            new SettingsReader(reading).read(section, "config"),
            jvm,
            environment(section.section("environment")),
            section
                .value("workingDirectory", Substitution.Scope.WORKER, "a path")
                .flatMap(reading::path),
            section.duration("startTimeout", SHORTEST, LONGEST).orElse(Duration.ofSeconds(30)),
            section.duration("drainTimeout", NONE, LONGEST).orElse(Duration.ofSeconds(10)),
            section.duration("stopTimeout", NONE, LONGEST).orElse(Duration.ofSeconds(5)),
            section.integer("surge", 0, MOST_WORKERS, 1),
            section.integer("spares", 0, MOST_WORKERS, 0),
            backoff(section.section("backoff")),
            start(section, used),
            section.duration("idleTimeout", NONE, LONGEST).orElse(PoolConfig.DEFAULT_IDLE_TIMEOUT),
            new DispatchReader(reading).read(section.section("dispatch")),
            supervision.read(name, section, references(section, "after", pools, value -> {})),
            new OpenPolicyReader(reading).read(section, "openLimits"),
            AccountReader.account(section, "user", "user"),
            group(section),
            new ConfinementReader(reading).read(section, jvm.heapBytes()),
            PoolLogReader.read(reading, section.section("log")));
    checkSpares(section, pool);
    section.finish();
    return Optional.of(pool);
  }

  /** A process that starts before it has a slot cannot be told the slot by how it is started. */
  private void checkSpares(Section section, PoolConfig pool) {
    boolean used =
        Stream.of(
                pool.jvm().options().stream(),
                pool.environment().values().stream(),
                pool.workingDirectory().map(Path::toString).stream())
            .flatMap(texts -> texts)
            .anyMatch(WorkerVariables::differBySlot);
    if (pool.spares() > 0 && used) {
      String found = pool.spares() + " together with ${slot} or ${run}";
      String allowed = "0, or neither of them in jvm.options, environment and workingDirectory";
      reading.problems().add(section.line("spares"), section.path("spares"), found, allowed);
    }
  }

  /** Root with another group would still be root. */
  private Optional<String> group(Section section) {
    if (section.has("group") && !section.has("user")) {
      String key = section.path("group");
      reading.problems().add(section.line("group"), key, "a group without a user", "both or none");
    }
    return AccountReader.account(section, "group", "group");
  }

  private List<String> classPath(Section section) {
    List<String> entries = new ArrayList<>();
    for (Value value : section.values("classPath", Substitution.Scope.NOW, "a path")) {
      reading.path(value).map(Path::toString).ifPresent(entries::add);
    }
    return entries;
  }

  private List<String> references(
      Section section, String key, Set<String> names, Consumer<Value> each) {
    List<String> used = new ArrayList<>();
    for (Value value : section.values(key, Substitution.Scope.NOW, "a name")) {
      String name = value.text();
      if (!names.contains(name)) {
        String found = value.words() + Nearest.hint(name, names);
        String allowed = Words.oneOf(names, "nothing, as the file has no " + key);
        reading.problems().add(value.line(), value.path(), found, allowed);
      } else if (used.contains(name)) {
        reading.refuse(value, "each name once");
      } else {
        used.add(name);
        each.accept(value);
      }
    }
    return used;
  }

  private StartMode start(Section section, List<String> used) {
    Optional<StartMode> written = section.constant("start", StartMode.class);
    StartMode start = written.orElse(StartMode.ALWAYS);
    if (start == StartMode.ON_DEMAND) {
      listeners.checkOnDemand(section, used);
    } else if (section.has("idleTimeout") && written.isPresent() == section.has("start")) {
      String key = section.path("idleTimeout");
      String found = "an idle timeout with start always";
      reading.problems().add(section.line("idleTimeout"), key, found, "none, or start: on-demand");
    }
    return start;
  }

  private Map<String, String> environment(Section section) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : section.keys()) {
      if (!Substitution.environmentName(name)) {
        refuseName(section, name, "a name from letters, digits and _, not starting with a digit");
      } else if (name.startsWith("BATON_")) {
        refuseName(section, name, "a name that does not start with BATON_, which is reserved");
      }
      section
          .value(name, Substitution.Scope.WORKER, "text, \"\" for an empty one")
          .ifPresent(value -> environment.put(name, value.text()));
    }
    return environment;
  }

  private void refuseName(Section section, String name, String allowed) {
    reading.problems().add(section.line(name), section.path(name), Words.quote(name), allowed);
  }

  private BackoffConfig backoff(Section section) {
    BackoffConfig otherwise = BackoffConfig.DEFAULTS;
    Duration initial = section.duration("initial", SHORTEST, LONGEST).orElse(otherwise.initial());
    Duration max = section.duration("max", SHORTEST, LONGEST).orElse(otherwise.max());
    if (max.compareTo(initial) < 0) {
      String key = section.has("max") ? "max" : "initial";
      String found = "initial " + Durations.format(initial) + " and max " + Durations.format(max);
      reading
          .problems()
          .add(section.line(key), section.path(key), found, "a max that is at least initial");
    }
    BackoffConfig backoff =
        new BackoffConfig(
            initial,
            max,
            section.decimal("factor", 1, 100, otherwise.factor()),
            section.decimal("jitter", 0, 1, otherwise.jitter()),
            section.duration("stableAfter", NONE, LONGEST).orElse(otherwise.stableAfter()),
            section.integer("intensity", 0, MOST_ENDS, otherwise.intensity()),
            section.duration("period", SHORTEST, LONGEST).orElse(otherwise.period()));
    section.finish();
    return backoff;
  }

  private static boolean className(String text) {
    for (String part : text.split("\\.", -1)) {
      boolean good =
          !part.isEmpty()
              && Character.isJavaIdentifierStart(part.codePointAt(0))
              && part.codePoints().skip(1).allMatch(PoolReader::identifierPart);
      if (!good) {
        return false;
      }
    }
    return true;
  }

  /** Invisible characters are legal in Java, and nothing but a mistake here. */
  private static boolean identifierPart(int c) {
    return Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
  }
}
