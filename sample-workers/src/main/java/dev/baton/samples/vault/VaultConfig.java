package dev.baton.samples.vault;

import java.nio.file.Path;

/**
 * The plugin's configuration.
 *
 * @param root the folder of the files, absolute; what may be opened there is the pool's {@code
 *     open} list
 */
public record VaultConfig(Path root) {
  /** Checks it. */
  public VaultConfig {
    if (root == null) {
      throw new IllegalArgumentException("config.root is needed, such as /srv/vault");
    }
    if (!root.isAbsolute()) {
      throw new IllegalArgumentException(
          "config.root: found " + root + ", allowed is an absolute path");
    }
  }
}
