package dev.baton.testkit;

import dev.baton.fd.FdLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves a descriptor open: {@code @ExtendWith(FdLeakCheck.class)}. The ledger is
 * one for the process, so such tests run one after the other.
 */
public final class FdLeakCheck implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(FdLeakCheck.class);

  static {
    // From its first channel on the JDK keeps a socket of its own, which is no leak.
    try {
      ServerSocketChannel.open().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    FdLedger.enable();
    context.getStore(SPACE).put("before", OpenDescriptors.now());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    String left =
        context
            .getStore(SPACE)
            .remove("before", OpenDescriptors.class)
            .leftSince(Duration.ofSeconds(5));
    FdLedger.disable();
    if (!left.isEmpty()) {
      throw new AssertionError(
          "descriptors left open by " + context.getDisplayName() + ":\n" + left);
    }
  }
}
