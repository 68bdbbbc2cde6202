package dev.baton.e2e.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.baton.load.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes a configuration into a folder of a test. The runtime directory and the sockets of UNIX
 * listeners are in that folder, too. Can be changed and written again, for a rollout of something
 * else.
 */
public final class ConfFile {
  /**
   * sun_path of unix(7) holds 107 bytes; the longest name in a runtime directory is shorter than
   * the rest.
   */
  private static final int LONGEST_FOLDER = 70;

  private final Path folder;
  private final Map<String, Object> root = new LinkedHashMap<>();

  private ConfFile(Path folder) {
    this.folder = folder.toAbsolutePath();
    if (this.folder.toString().length() > LONGEST_FOLDER) {
      throw new IllegalArgumentException(
          "too long for the paths of sockets: " + this.folder + " (allowed: 70 characters)");
    }
    set("name", "test");
    set("runtimeDir", runtimeDir().toString());
  }

  /** An empty configuration, to be written to {@code baton.yaml} in this folder. */
  public static ConfFile in(Path folder) {
    return new ConfFile(folder);
  }

  /** Adds a listener on a port of the loopback address that the kernel chooses. */
  public ConfFile tcp(String name) {
    return listener(name, "tcp://127.0.0.1:0");
  }

  /** Adds a listener on a UNIX-domain socket, see {@link #socket}. */
  public ConfFile unix(String name) {
    return listener(name, "unix:" + socket(name));
  }

  /** Adds a datagram listener on a port of the loopback address that the kernel chooses. */
  public ConfFile udp(String name) {
    return listener(name, "udp://127.0.0.1:0");
  }

  /** Adds a datagram listener on a UNIX-domain socket, see {@link #socket}. */
  public ConfFile unixgram(String name) {
    return listener(name, "unixgram:" + socket(name));
  }

  /** Says how a listener's connections or datagrams reach workers. */
  public ConfFile mode(String listener, String mode) {
    if (!mode.equals("dispatch")) {
      remove("listeners." + listener + ".policy");
    }
    return set("listeners." + listener + ".mode", mode);
  }

  /** Says how the supervisor chooses the worker of each connection of a listener. */
  public ConfFile dispatch(String listener, String policy) {
    return mode(listener, "dispatch").set("listeners." + listener + ".policy", policy);
  }

  /** Adds a listener on an address. */
  public ConfFile listener(String name, String address) {
    return set("listeners." + name + ".address", address);
  }

  /**
   * Adds a held file; access is one of the configuration's words: read, write, read-write, append.
   */
  public ConfFile file(String name, Path path, String access, boolean create) {
    set("files." + name + ".path", path.toString());
    set("files." + name + ".access", access);
    return set("files." + name + ".create", create);
  }

  /** Adds a pool, or changes one that is there. */
  public ConfFile pool(String name, Consumer<Pool> settings) {
    settings.accept(new Pool("pools." + name + "."));
    return this;
  }

  /**
   * Sets any key; dots separate its sections. Values are texts, numbers, booleans, lists and maps.
   */
  public ConfFile set(String key, Object value) {
    var path = key.split("\\.");
    var section = root;
    for (int i = 0; i < path.length - 1; i++) {
      section = sectionIn(section, path[i]);
    }
    section.put(path[path.length - 1], value);
    return this;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> sectionIn(Map<String, Object> parent, String key) {
    var inner = parent.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
    if (inner instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException(key + " is no section, it has the value " + inner);
  }

  /** Removes any key, with all that is below it. */
  public ConfFile remove(String key) {
    int dot = key.lastIndexOf('.');
    section(key.substring(0, dot)).remove(key.substring(dot + 1));
    return this;
  }

  private Map<String, Object> section(String key) {
    var section = root;
    for (var name : key.split("\\.")) {
      section = sectionIn(section, name);
    }
    return section;
  }

  /** Gives the workers of all pools that say nothing about it options of their JVM. */
  ConfFile defaultJvmOptions(List<String> options) {
    for (var pool : sectionIn(root, "pools").keySet()) {
      section("pools." + pool + ".jvm").putIfAbsent("options", options);
    }
    return this;
  }

  /** A number that was set. */
  public long number(String key) {
    int dot = key.lastIndexOf('.');
    return ((Number) section(key.substring(0, dot)).get(key.substring(dot + 1))).longValue();
  }

  /** The listeners, each with its mode. */
  public List<String> modes() {
    var modes = new ArrayList<String>();
    sectionIn(root, "listeners")
        .forEach(
            (name, listener) -> {
              var mode = listener instanceof Map<?, ?> map ? map.get("mode") : null;
              modes.add(name + " " + (mode == null ? "shared" : mode));
            });
    return modes;
  }

  /** The configuration as YAML. */
  public String text() {
    try {
      return new YAMLMapper().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a value that YAML cannot hold", e);
    }
  }

  /** Writes the file and returns its path. */
  public Path write() throws IOException {
    return Files.writeString(path(), text(), StandardCharsets.UTF_8);
  }

  /** Where the file is. */
  public Path path() {
    return folder.resolve("baton.yaml");
  }

  /** The folder of everything. */
  public Path folder() {
    return folder;
  }

  /** Where the instance keeps its sockets and logs. */
  public Path runtimeDir() {
    return folder.resolve("run");
  }

  /** The socket of a listener that {@link #unix} added. */
  public Path socket(String listener) {
    return folder.resolve(listener + ".sock");
  }

  /** The socket files of all UNIX-domain listeners; an abstract name has none. */
  public List<Path> sockets() {
    var paths = new ArrayList<Path>();
    for (var listener : sectionIn(root, "listeners").values()) {
      if (listener instanceof Map<?, ?> map
          && map.get("address") instanceof String address
          && address.matches("unix(gram)?:[^@].*")) {
        paths.add(Path.of(address.substring(address.indexOf(':') + 1)));
      }
    }
    return paths;
  }

  /** How to reach the admin API. */
  public Target admin() {
    return Target.unix(runtimeDir().resolve("admin.sock"));
  }

  /** The settings of one pool. */
  public final class Pool {
    private final String prefix;

    private Pool(String prefix) {
      this.prefix = prefix;
    }

    /** Runs a sample, with its class path. */
    public Pool sample(Installation installation, Sample sample) {
      return plugin(sample.plugin()).set("classPath", installation.classPath(sample));
    }

    /** The class of the plugin. */
    public Pool plugin(String name) {
      return set("plugin", name);
    }

    /** Jars, folders and globs. */
    public Pool classPath(String... entries) {
      return set("classPath", List.of(entries));
    }

    /** How many workers. */
    public Pool workers(int count) {
      return set("workers", count);
    }

    /** The listeners it is offered. */
    public Pool listeners(String... names) {
      return set("listeners", List.of(names));
    }

    /** The held files it is offered. */
    public Pool files(String... names) {
      return set("files", List.of(names));
    }

    /** A key of the plugin's own configuration. */
    public Pool config(String key, Object value) {
      return set("config." + key, value);
    }

    /** The heap of each worker, such as 64m. */
    public Pool heap(String size) {
      return set("jvm.heap", size);
    }

    /** Options of each worker's JVM. */
    public Pool jvmOptions(String... options) {
      return set("jvm.options", Arrays.asList(options));
    }

    /** The time from the start to ready. */
    public Pool startTimeout(Duration time) {
      return set("startTimeout", time.toMillis() + "ms");
    }

    /** The time to finish the work at hand. */
    public Pool drainTimeout(Duration time) {
      return set("drainTimeout", time.toMillis() + "ms");
    }

    /** The time from TERM to KILL. */
    public Pool stopTimeout(Duration time) {
      return set("stopTimeout", time.toMillis() + "ms");
    }

    /** Workers above the target that wait for a slot. */
    public Pool spares(int count) {
      return set("spares", count);
    }

    /** How many workers a rollout may add. */
    public Pool surge(int count) {
      return set("surge", count);
    }

    /** The delay before the first restart, and the longest one. */
    public Pool backoff(Duration initial, Duration max) {
      return set("backoff.initial", initial.toMillis() + "ms")
          .set("backoff.max", max.toMillis() + "ms");
    }

    /** Any key of the pool. */
    public Pool set(String key, Object value) {
      ConfFile.this.set(prefix + key, value);
      return this;
    }
  }
}
