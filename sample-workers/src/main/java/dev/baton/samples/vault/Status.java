package dev.baton.samples.vault;

import dev.baton.protocol.ErrorCode;

/** How a request ends (RFC 9110, 15). */
enum Status {
  OK("200 OK"),
  BAD_REQUEST("400 Bad Request"),
  FORBIDDEN("403 Forbidden"),
  NOT_FOUND("404 Not Found"),
  METHOD_NOT_ALLOWED("405 Method Not Allowed"),
  TOO_LARGE("431 Request Header Fields Too Large"),
  INTERNAL_ERROR("500 Internal Server Error"),
  UNAVAILABLE("503 Service Unavailable");

  private final String line;

  Status(String line) {
    this.line = line;
  }

  /** The supervisor's reason in the words of HTTP. */
  static Status of(ErrorCode code) {
    return switch (code) {
      case NOT_ALLOWED -> FORBIDDEN;
      case NOT_FOUND -> NOT_FOUND;
      case BAD_REQUEST -> BAD_REQUEST;
      case BUSY -> UNAVAILABLE;
      default -> INTERNAL_ERROR;
    };
  }

  /** Code and words. */
  String line() {
    return line;
  }

  /** A header that this status needs besides, with its end; empty for most. */
  String header() {
    return switch (this) {
      case METHOD_NOT_ALLOWED -> "Allow: GET, HEAD\r\n";
      case UNAVAILABLE -> "Retry-After: 1\r\n";
      default -> "";
    };
  }
}
