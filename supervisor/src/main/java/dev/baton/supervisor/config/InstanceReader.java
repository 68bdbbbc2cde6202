package dev.baton.supervisor.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads or chooses the name and the runtime directory of the instance. */
final class InstanceReader {

  static final String ADMIN_SOCKET = "admin.sock";

  private static final String BASE = "BATON_RUNTIME_BASE";
  private static final int HASH_DIGITS = 8;
  private static final Path LAST_RESORT = Path.of("/tmp");

  private final Reading reading;
  private final Map<String, String> environment;

  InstanceReader(Reading reading, Map<String, String> environment) {
    this.reading = reading;
    this.environment = environment;
  }

  /** The name that is written, or else one made from the path, the same for every start. */
  String name(Section root, Path file) {
    return root.parsed("name", Names.ALLOWED, text -> Optional.of(text).filter(Names::valid))
        .orElseGet(() -> nameOf(file));
  }

  static String nameOf(Path file) {
    String base = String.valueOf(file.getFileName());
    int dot = base.lastIndexOf('.');
    String stem = dot > 0 ? base.substring(0, dot) : base;
    String fitting = stem.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    int room = Names.LONGEST - 1 - HASH_DIGITS;
    fitting = fitting.substring(0, Math.min(room, fitting.length())).replaceAll("^-+|-+$", "");
    return (fitting.isEmpty() ? "baton" : fitting) + '-' + hash(file);
  }

  private static String hash(Path file) {
    try {
      byte[] text = file.toString().getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The runtime directory, absolute; the admin socket in it has a path that fits. */
  Path runtimeDir(Section root, String name) {
    Path folder =
        root.value("runtimeDir", Substitution.Scope.NOW, "a path")
            .flatMap(reading::path)
            .orElseGet(() -> standard(root).resolve(name));
    Path socket = folder.resolve(ADMIN_SOCKET);
    new AddressReader(reading).fits(root.line("runtimeDir"), root.path("runtimeDir"), socket);
    return folder;
  }

  private Path standard(Section root) {
    Optional<Value> base = variable(root, BASE);
    if (base.isPresent() && !base.get().text().startsWith("/")) {
      reading.refuse(base.get(), "an absolute path");
    } else if (base.isPresent()) {
      return base.flatMap(reading::path).orElse(LAST_RESORT);
    }
    // The XDG Base Directory Specification: a relative path in the variable is to be ignored.
    return variable(root, "XDG_RUNTIME_DIR")
        .filter(value -> value.text().startsWith("/"))
        .flatMap(reading::path)
        .map(folder -> folder.resolve("baton"))
        .orElseGet(() -> LAST_RESORT.resolve("baton-" + uid()));
  }

  /** A variable as if it were written at the key {@code runtimeDir}; an empty one is none. */
  private Optional<Value> variable(Section root, String name) {
    String text = environment.getOrDefault(name, "");
    String words = name + '=' + Words.quote(text) + " in the environment";
    return Optional.of(new Value(root.line(), root.path("runtimeDir"), words, text))
        .filter(value -> !text.isEmpty());
  }

  /** Java has no getuid(2), but a process owns its own folder in proc(5). */
  private static Object uid() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }
}
