package dev.baton.supervisor.admin;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paths that look into one instance beyond its status. Runs on the event loop. */
final class SightApi {
  private static final Pattern SLOT = Pattern.compile("/v1/pools/([^/]+)/slots/([0-9]{1,4})");
  private static final String POOL = "pool";
  private static final String SLOT_KEY = "slot";

  private final Operations operations;

  SightApi(Operations operations) {
    this.operations = operations;
  }

  /** Whether a path is one of a slot's. */
  static boolean isSlot(String path) {
    return SLOT.matcher(path).matches();
  }

  /** {@code GET /v1/pools/POOL/slots/N}. */
  void slot(Exchange exchange) {
    Matcher path = SLOT.matcher(exchange.request().path());
    if (!path.matches()) {
      throw new IllegalStateException("not the path of a slot");
    }
    check(path.group(1));
    exchange.answerWith(
        operations.explain(path.group(1), Integer.parseInt(path.group(2))), SightJson::slot);
  }

  private void check(String pool) {
    StatusView status = operations.status();
    if (status.pool(pool).isEmpty()) {
      throw new ApiException(
          404,
          ErrorView.UNKNOWN_POOL,
          "there is no such pool; the pools are: " + status.poolNames());
    }
  }

  /** {@code GET /v1/fds?pool=POOL&slot=N}. */
  void descriptors(Exchange exchange) {
    String pool = exchange.request().getParam(POOL);
    String slot = exchange.request().getParam(SLOT_KEY);
    for (String key : exchange.request().params().names()) {
      if (!key.equals(POOL) && !key.equals(SLOT_KEY)) {
        throw ApiException.badRequest("unknown key " + key + ", allowed: pool, slot");
      }
    }
    if (slot != null && (pool == null || !slot.matches("[0-9]{1,4}"))) {
      throw ApiException.badRequest("slot is \"" + slot + "\", allowed: a number, with a pool");
    }
    if (pool != null) {
      check(pool);
    }
    String prefix = pool == null ? "" : pool + "/" + (slot == null ? "" : slot + "#");
    Consumer<List<FdHolderView>> none =
        found -> {
          if (found.isEmpty()) {
            throw new OperationRefused(
                "no worker of " + prefix.replace("#", "") + " has a process");
          }
        };
    exchange.answerWith(
        operations
            .descriptors()
            .thenApply(
                all -> {
                  List<FdHolderView> found =
                      all.stream().filter(h -> h.owner().startsWith(prefix)).toList();
                  none.accept(found);
                  return found;
                }),
        SightJson::holders);
  }
}
