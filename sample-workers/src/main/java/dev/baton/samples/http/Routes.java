package dev.baton.samples.http;

import dev.baton.worker.WorkerIdentity;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * {@code GET /} says who answers, {@code GET /slow?ms=N} the same after a while, {@code POST /echo}
 * sends the body back. Thread-safe.
 */
final class Routes implements Handler<HttpServerRequest> {
  private static final long MOST_MILLIS = 60_000;

  private final Buffer who;

  Routes(WorkerIdentity identity) {
    // Not String.format, which would load the locale data of the JDK at start.
    who =
        Buffer.buffer(
            "{\"pool\":\""
                + identity.pool()
                + "\""
                + ",\"slot\":"
                + identity.slot()
                + ",\"generation\":"
                + identity.generation()
                + ",\"run\":"
                + identity.run()
                + ",\"pid\":"
                + ProcessHandle.current().pid()
                + "}\n");
  }

  @Override
  public void handle(HttpServerRequest request) {
    switch (String.valueOf(request.path())) {
      case "/":
        if (allowed(request, HttpMethod.GET)) {
          answer(request.response());
        }
        break;
      case "/slow":
        if (allowed(request, HttpMethod.GET)) {
          answerLater(request);
        }
        break;
      case "/echo":
        if (allowed(request, HttpMethod.POST)) {
          echo(request);
        }
        break;
      default:
        request.response().setStatusCode(404).end("there is /, /slow?ms=N and /echo\n");
    }
  }

  private static boolean allowed(HttpServerRequest request, HttpMethod method) {
    boolean allowed =
        request.method().equals(method)
            || method == HttpMethod.GET && request.method() == HttpMethod.HEAD;
    if (!allowed) {
      request.response().setStatusCode(405).putHeader(HttpHeaders.ALLOW, method.name()).end();
    }
    return allowed;
  }

  private void answer(HttpServerResponse response) {
    if (!response.closed()) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(who);
    }
  }

  private void answerLater(HttpServerRequest request) {
    long millis;
    try {
      millis = Math.min(MOST_MILLIS, Long.parseLong(request.getParam("ms", "1000")));
    } catch (NumberFormatException e) {
      millis = 0;
    }
    if (millis < 1) {
      request
          .response()
          .setStatusCode(400)
          .end("ms is a number of milliseconds, at least 1; above " + MOST_MILLIS + " is cut\n");
      return;
    }
    Vertx.currentContext().owner().setTimer(millis, timer -> answer(request.response()));
  }

  /** As it comes, so a body of any size takes little memory. */
  private static void echo(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      response.setChunked(true);
    } else {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, length);
    }
    request.pipeTo(response);
  }
}
