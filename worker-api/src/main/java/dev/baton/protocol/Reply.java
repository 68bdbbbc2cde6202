package dev.baton.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;

/** Answers that either side may give. */
public sealed interface Reply extends ToWorker, ToSupervisor
    permits Reply.Ok, Reply.Error, Reply.Unrecognized {

  @Override
  default java.util.List<Descriptor> fds() {
    return java.util.List.of();
  }

  /** The request of that id was done. */
  record Ok(long id) implements Reply {}

  /**
   * A request was refused. Without an id, from the supervisor: the session ends; from the worker: a
   * message that has no id was not followed, and the session goes on.
   *
   * @param id of the request; null when it has none
   * @param code a number of {@link ErrorCode}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Error(Long id, int code, String text) implements Reply {
    public Error {
      text = Limits.text(text);
    }
  }

  /** The receiver does not know that type, so it did nothing. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Unrecognized(Long id, String name) implements Reply {
    public Unrecognized {
      name = Limits.text(name);
    }
  }
}
