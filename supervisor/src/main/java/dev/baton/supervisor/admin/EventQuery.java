package dev.baton.supervisor.admin;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which entries of the journal a request asks for.
 *
 * @param newest how many, if neither of the other two is there
 * @param since from this time on
 * @param after above this number, of a stream that goes on
 * @param follow as a stream
 */
record EventQuery(int newest, Optional<Instant> since, OptionalLong after, boolean follow) {
  private static final int DEFAULT = 50;
  private static final int MOST = 1000;

  /**
   * @throws ApiException for a query that is none
   */
  static EventQuery of(HttpServerRequest request) {
    String newest = parameter(request, "newest");
    int count =
        newest == null ? DEFAULT : newest.matches("[0-9]{1,6}") ? Integer.parseInt(newest) : 0;
    if (count < 1 || count > MOST) {
      throw ApiException.badRequest("newest is not a whole number from 1 to " + MOST);
    }
    String accepted = request.getHeader(HttpHeaders.ACCEPT);
    boolean follow = accepted != null && accepted.contains("text/event-stream");
    String last = request.getHeader("Last-Event-ID");
    return new EventQuery(
        count,
        since(parameter(request, "since")),
        follow && last != null && last.matches("[0-9]{1,18}")
            ? OptionalLong.of(Long.parseLong(last))
            : OptionalLong.empty(),
        follow);
  }

  private static Optional<Instant> since(String text) {
    try {
      return Optional.ofNullable(text).map(Instant::parse);
    } catch (DateTimeParseException e) {
      throw ApiException.badRequest("since is no time such as 2026-11-22T10:00:00Z");
    }
  }

  private static String parameter(HttpServerRequest request, String name) {
    try {
      return request.getParam(name);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("the query is not well encoded");
    }
  }
}
