package dev.baton.samples.vault;

/** A request that is not answered with a file. */
final class RefusedRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Status status;

  RefusedRequestException(Status status) {
    super(status.line());
    this.status = status;
  }

  Status status() {
    return status;
  }
}
