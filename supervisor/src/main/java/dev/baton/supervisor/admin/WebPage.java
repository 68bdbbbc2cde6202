package dev.baton.supervisor.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files of the page, all from our own jars: it works without a network. Read once, when they
 * are asked for. Runs on the event loop.
 */
final class WebPage {
  private static final String OWN = "/dev/baton/supervisor/web/";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  /** Nothing but what comes from here is loaded, run, or may put this page into a frame. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, Asset> ASSETS =
      Map.of(
          "/", new Asset(OWN + "index.html", HTML),
          "/baton.js", new Asset(OWN + "baton.js", SCRIPT),
          "/plots.js", new Asset(OWN + "plots.js", SCRIPT),
          "/rates.js", new Asset(OWN + "rates.js", SCRIPT),
          "/baton.css", new Asset(OWN + "baton.css", STYLE),
          "/uplot.js", new Asset(uplot("uPlot.iife.min.js"), SCRIPT),
          "/uplot.css", new Asset(uplot("uPlot.min.css"), STYLE));

  private final Map<String, Buffer> read = new ConcurrentHashMap<>();

  private record Asset(String resource, String type) {}

  private static String uplot(String name) {
    return "/META-INF/resources/webjars/uplot/1.6.30/dist/" + name;
  }

  boolean has(String path) {
    return ASSETS.containsKey(path);
  }

  void answer(Exchange exchange, String path) {
    if (!exchange.request().method().equals(HttpMethod.GET)) {
      exchange.response().putHeader(HttpHeaders.ALLOW, HttpMethod.GET.name());
      throw new ApiException(405, ErrorView.METHOD, path + " takes GET");
    }
    Asset asset = ASSETS.get(path);
    HttpServerResponse response = exchange.response();
    response.putHeader("Content-Security-Policy", POLICY);
    response.putHeader("X-Content-Type-Options", "nosniff");
    response.putHeader("Referrer-Policy", "no-referrer");
    exchange.answer(asset.type(), read.computeIfAbsent(path, p -> load(asset)));
  }

  private static Buffer load(Asset asset) {
    try (InputStream in = WebPage.class.getResourceAsStream(asset.resource())) {
      if (in == null) {
        throw new IllegalStateException("there is no " + asset.resource() + " in our jars");
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
