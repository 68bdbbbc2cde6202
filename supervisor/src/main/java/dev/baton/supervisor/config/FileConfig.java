package dev.baton.supervisor.config;

import java.nio.file.Path;

/**
 * One held file.
 *
 * @param name the name that pools and plugins use
 * @param path absolute
 * @param access how it is opened
 * @param create whether it is created when it is missing
 * @param permissions of a created file, such as {@code 0640}, before the umask
 */
public record FileConfig(
    String name, Path path, FileAccess access, boolean create, int permissions) {}
