package dev.baton.supervisor.cli;

import java.util.Objects;

/** The version of this program. */
public final class BatonVersion {

  private BatonVersion() {}

  /** From the manifest of the jar; {@code development} when it runs from classes in a folder. */
  public static String current() {
    String version = BatonVersion.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "development");
  }
}
