package dev.baton.supervisor.admin;

/** A request that is answered with an error. */
final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  ApiException(int status, String code, String text) {
    // An answer, not a failure: nobody looks at the stack.
    super(text, null, false, false);
    this.status = status;
    this.code = code;
  }

  static ApiException badRequest(String text) {
    return new ApiException(400, ErrorView.BAD_REQUEST, text);
  }

  ErrorView view() {
    return new ErrorView(status, code, getMessage());
  }
}
