package dev.baton.supervisor.admin;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Closes connections on which no request becomes whole in time. An idle one is closed by the idle
 * time; this is for those that send a byte now and then, and would keep their places for ever. Runs
 * on the event loop.
 */
final class Patience {
  private final Vertx vertx;
  private final long millis;
  private final Map<HttpConnection, Pace> connections = new IdentityHashMap<>();

  /** What a connection has done since it was looked at last. */
  private static final class Pace {
    private boolean begun = true;
    private int underWay;
  }

  /**
   * @param millis in which a head must have come; at most twice as long
   */
  Patience(Vertx vertx, long millis) {
    this.vertx = vertx;
    this.millis = millis;
  }

  /** A connection has come. */
  void opened(HttpConnection connection) {
    Pace pace = new Pace();
    connections.put(connection, pace);
    long timer =
        vertx.setPeriodic(
            millis,
            now -> {
              if (!pace.begun && pace.underWay == 0) {
                connection.close();
              }
              pace.begun = false;
            });
    connection.closeHandler(
        closed -> {
          connections.remove(connection);
          vertx.cancelTimer(timer);
        });
  }

  /** A head is there; its answer may take any time, as that to a restart does. */
  void begun(HttpServerRequest request) {
    Pace pace = connections.get(request.connection());
    if (pace != null) {
      pace.begun = true;
      pace.underWay++;
      request.response().endHandler(ended -> pace.underWay--);
    }
  }
}
