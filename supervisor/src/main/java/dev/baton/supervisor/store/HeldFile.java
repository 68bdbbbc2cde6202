package dev.baton.supervisor.store;

import dev.baton.supervisor.config.FileAccess;
import java.nio.file.Path;

/**
 * What is known of a file in the store.
 *
 * @param name the configured name
 * @param path where it was opened; it may have been renamed or removed since
 * @param access how it was opened
 */
public record HeldFile(String name, Path path, FileAccess access) {}
