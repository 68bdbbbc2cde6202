package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the {@code jvm} section of a pool. */
final class JvmReader {

  /** HotSpot refuses a smaller {@code -Xmx}. */
  private static final long SMALLEST_HEAP = 2L << 20;

  private static final String OPTION = "an option of the java command, which starts with -";

  private final Reading reading;

  JvmReader(Reading reading) {
    this.reading = reading;
  }

  JvmConfig read(Section section) {
    Optional<Path> java =
        section
            .value("java", Substitution.Scope.NOW, "the path of a java command")
            .flatMap(reading::path);
    List<String> options = new ArrayList<>();
    for (Value option : section.values("options", Substitution.Scope.WORKER, OPTION)) {
      if (option.text().startsWith("-")) {
        options.add(option.text());
      } else {
        reading.refuse(option, OPTION);
      }
    }
    Optional<Long> heap =
        section.parsed(
            "heap",
            "a size such as 512k, 64m, 1g or a whole number of bytes, at least 2m",
            JvmReader::heap);
    boolean defaults = section.flag("defaults", JvmConfig.DEFAULTS.defaults());
    section.finish();
    return new JvmConfig(java, options, heap, defaults);
  }

  private static Optional<Long> heap(String text) {
    return Sizes.parse(text).stream().boxed().findFirst().filter(size -> size >= SMALLEST_HEAP);
  }
}
