package dev.baton.supervisor.admin;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who may ask what at the TCP address. Everything but the page, and whether the supervisor is
 * alive, takes the token. A browser's page from elsewhere does not have it; the headers {@code
 * Host}, {@code Origin} and {@code Sec-Fetch-Site} are looked at as well, so that neither a rebound
 * name nor a form can reach anything. Runs on the event loop.
 */
final class WebGate {
  static final Set<String> OPEN = Set.of("/healthz", "/readyz");
  private static final Set<String> NEAR = Set.of("/v1/upgrade");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final AdminToken token;
  private final WebPage page;
  private final Consumer<Exchange> api;
  private final Set<String> hosts;

  /**
   * @param hosts what {@code Host} may be
   * @param api what is served behind the gate
   */
  WebGate(AdminToken token, Set<String> hosts, WebPage page, Consumer<Exchange> api) {
    this.token = token;
    this.hosts = Set.copyOf(hosts);
    this.page = page;
    this.api = api;
  }

  void handle(Exchange exchange) {
    exchange.attempt(
        () -> {
          HttpServerRequest request = exchange.request();
          checkSite(request);
          String path = String.valueOf(request.path());
          if (page.has(path)) {
            page.answer(exchange, path);
          } else if (OPEN.contains(path)
              || token.admits(request.getHeader(HttpHeaders.AUTHORIZATION))) {
            checkReach(path);
            api.accept(exchange);
          } else {
            exchange.response().putHeader("WWW-Authenticate", "Bearer realm=\"baton\"");
            throw new ApiException(
                401,
                ErrorView.UNAUTHORIZED,
                "this takes the header Authorization: Bearer TOKEN with the token of the token"
                    + " file");
          }
        });
  }

  /** A token is weaker than a user id: it does not have the supervisor run a program. */
  private static void checkReach(String path) {
    if (NEAR.contains(path)) {
      throw new ApiException(
          403, ErrorView.FORBIDDEN, path + " is served on the admin socket alone");
    }
  }

  private void checkSite(HttpServerRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    if (host == null || !hosts.contains(host)) {
      throw new ApiException(
          403, ErrorView.FORBIDDEN, "the header Host is none of " + String.join(", ", hosts));
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    String site = request.getHeader("Sec-Fetch-Site");
    if (origin != null && !origin.equals("http://" + host)
        || site != null && !OWN_SITES.contains(site)) {
      throw new ApiException(
          403, ErrorView.FORBIDDEN, "requests from pages of other sites are not served");
    }
  }
}
