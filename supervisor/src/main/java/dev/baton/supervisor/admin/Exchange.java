package dev.baton.supervisor.admin;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer. Everything here happens on the event loop. */
final class Exchange {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final String JSON = "application/json";
  private static final int MOST_DROPPED = 1 << 20;
  private static final int MOST_AUDITED = 200;
  private static final ErrorView TOO_LONG =
      new ErrorView(
          413, ErrorView.TOO_LARGE, "the body is longer than " + RequestBody.LARGEST + " bytes");

  private static final ErrorView TOO_SLOW =
      new ErrorView(408, ErrorView.TOO_SLOW, "the body did not come in time");

  private final Context context;
  private final HttpServerRequest request;
  private final long bodyMillis;
  private final Consumer<String> audit;
  private boolean answered;

  /**
   * @param bodyMillis in which a body must have come
   * @param audit told of every request that asks for something to be done
   */
  Exchange(Context context, HttpServerRequest request, long bodyMillis, Consumer<String> audit) {
    this.context = context;
    this.request = request;
    this.bodyMillis = bodyMillis;
    this.audit = audit;
  }

  Context context() {
    return context;
  }

  HttpServerRequest request() {
    return request;
  }

  HttpServerResponse response() {
    return request.response();
  }

  /** Runs a part of the work, and answers with what it throws. */
  void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  void answer(String json) {
    answer(200, json, false);
  }

  /** With something else than JSON. */
  void answer(String contentType, Buffer body) {
    answer(200, contentType, body, false);
  }

  /** With an own status that is no error. */
  void answer(int status, String json) {
    answer(status, json, false);
  }

  void answer(ErrorView error) {
    answer(error.status(), AdminWriter.error(error), false);
  }

  /** For errors after which the rest of what the client sends is of no use. */
  void answerAndClose(ErrorView error) {
    answer(error.status(), AdminWriter.error(error), true);
  }

  private void answer(int status, String json, boolean close) {
    answer(status, JSON, Buffer.buffer(json), close);
  }

  private void answer(int status, String contentType, Buffer body, boolean close) {
    if (answered || response().ended() || response().closed()) {
      return;
    }
    answered = true;
    HttpServerResponse response = response().setStatusCode(status);
    response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (close) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    response
        .end(body)
        .onComplete(
            done -> {
              if (close) {
                request.connection().close();
              }
            });
  }

  /** Answers when the stage is complete, whatever thread that happens on. */
  <T> void answerWith(CompletionStage<T> stage, Function<T, String> json) {
    stage.whenComplete(
        (value, failure) ->
            context.runOnContext(
                now -> {
                  if (failure == null) {
                    attempt(() -> answer(json.apply(value)));
                  } else {
                    fail(failure);
                  }
                }));
  }

  /** Goes on when the stage is complete, on the event loop; answers with a failure. */
  <T> void then(CompletionStage<T> stage, Consumer<T> work) {
    stage.whenComplete(
        (value, failure) ->
            context.runOnContext(
                now -> {
                  if (failure != null) {
                    fail(failure);
                  } else if (!response().closed()) {
                    attempt(() -> work.accept(value));
                  }
                }));
  }

  /** Who asked for what, on one line. */
  private String asked(String body) {
    SocketAddress from = request.remoteAddress();
    String who = from == null || from.host() == null ? "the admin socket" : from.toString();
    String line = body.replaceAll("\\p{Cntrl}+", " ").strip();
    String cut = line.length() > MOST_AUDITED ? line.substring(0, MOST_AUDITED) + "…" : line;
    return (request.path() + ' ' + cut).strip() + ", asked over " + who;
  }

  void fail(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ApiException api) {
      answer(api.view());
    } else if (cause instanceof UnusableException unusable) {
      answer(unusable.view());
    } else if (cause instanceof OperationRefused) {
      answer(new ErrorView(409, ErrorView.REFUSED, String.valueOf(cause.getMessage())));
    } else {
      LOG.error("an admin request failed: {} {}", request.method(), request.path(), cause);
      answer(new ErrorView(500, ErrorView.FAILED, "the supervisor failed: " + cause));
    }
  }

  /**
   * Collects the body. One that is too long is read and dropped up to a bound before it is refused:
   * closing a UNIX socket with unread bytes takes the answer away from a client that still writes.
   */
  void body(Consumer<String> then) {
    String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (announced != null && announced.matches("[0-9]{8,}")) {
      answerAndClose(TOO_LONG);
      return;
    }
    long timer = context.owner().setTimer(bodyMillis, late -> answerAndClose(TOO_SLOW));
    Buffer body = Buffer.buffer();
    long[] length = {0};
    response().closeHandler(closed -> context.owner().cancelTimer(timer));
    request.handler(
        part -> {
          length[0] += part.length();
          if (length[0] <= RequestBody.LARGEST) {
            body.appendBuffer(part);
          } else if (length[0] > MOST_DROPPED) {
            answerAndClose(TOO_LONG);
          }
        });
    request.endHandler(
        end -> {
          if (!context.owner().cancelTimer(timer)) {
            return; // it was refused; what came after must not be done
          }
          if (length[0] > RequestBody.LARGEST) {
            answerAndClose(TOO_LONG);
          } else {
            String text = body.toString(StandardCharsets.UTF_8);
            audit.accept(asked(text));
            attempt(() -> then.accept(text));
          }
        });
  }
}
