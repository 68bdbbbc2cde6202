package dev.baton.supervisor.config;

import java.nio.file.Path;
import java.util.Optional;

/** Reads one held file. */
final class HeldFileReader {

  private final Reading reading;

  HeldFileReader(Reading reading) {
    this.reading = reading;
  }

  /** The file, or empty after a problem was added. */
  Optional<FileConfig> read(String name, Section section) {
    Optional<Path> path = section.required("path", "a path").flatMap(reading::path);
    FileAccess access = section.constant("access", FileAccess.class).orElse(FileAccess.READ);
    boolean create = section.flag("create", false);
    if (create && access == FileAccess.READ) {
      String allowed = "true with access write, read-write or append";
      reading
          .problems()
          .add(section.line("create"), section.path("create"), "true with access read", allowed);
    }
    int permissions = section.permissions("permissions", 0640);
    section.finish();
    return path.map(found -> new FileConfig(name, found, access, create, permissions));
  }
}
