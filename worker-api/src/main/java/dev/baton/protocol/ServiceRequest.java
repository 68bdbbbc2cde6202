package dev.baton.protocol;

/**
 * One line that a client of the open service sends.
 *
 * @param id the client's choice; comes back with the answer
 * @param target a path, or an address as in {@link ToSupervisor.Connect}
 * @param how of a path; null for an address
 */
public record ServiceRequest(long id, Kind kind, String target, OpenHow how) {
  /** What is asked for. */
  public enum Kind {
    OPEN("open"),
    CONNECT("connect"),
    BIND("bind");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    /** The key of the line that has the target. */
    String key() {
      return key;
    }
  }

  public ServiceRequest {
    Fields.require(kind, "kind");
    Fields.require(target, kind.key());
    if (kind == Kind.OPEN) {
      Fields.require(how, "access");
    }
  }
}
