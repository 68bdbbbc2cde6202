package dev.baton.worker;

/** Name and version of this library, for {@code hello} and for messages. */
final class Sdk {
  private Sdk() {}

  /** The version in the jar's manifest; "unknown" when the classes are in a folder. */
  static String version() {
    String version = Sdk.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /** {@code worker-api/VERSION}. */
  static String name() {
    return "worker-api/" + version();
  }
}
