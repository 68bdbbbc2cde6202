package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Codec;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.Numbers;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.ToSupervisor.Claim;
import dev.baton.protocol.ToSupervisor.Ready;
import dev.baton.protocol.ToWorker.Offer;
import dev.baton.protocol.ToWorker.Start;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/**
 * What a spare does while it has nothing to do: it goes once through what its start will need, as
 * the first time in a JVM takes tens of milliseconds, mostly for classes to be loaded.
 */
final class WarmUp {
  private WarmUp() {}

  /**
   * Without effect on anything, and without a word where it does not work.
   *
   * @param offers of its own, which it closes
   */
  static void run(Posix posix, Offers offers) {
    try (offers) {
      messages();
      Descriptor some = Descriptor.listener("warm-up", "tcp://127.0.0.1:1", "shared");
      offers.take(some, unbound(posix));
      offers.names(Offered.Sort.CONNECTIONS);
      try (ServerSocketChannel channel = offers.listener(some.name())) {
        channel.getLocalAddress();
      }
      offers.settle(names -> {});
    } catch (IOException | ProtocolException | RuntimeException e) {
      // The start will say what is wrong, or go a little slower.
    }
  }

  private static void messages() throws ProtocolException {
    Descriptor some = Descriptor.listener("warm-up", "tcp://127.0.0.1:1", "shared");
    Codec.fromSupervisor(Codec.encode(new Offer(1, List.of(some))));
    Codec.fromSupervisor(Codec.encode(new Start(1, "warm-up/0#1", 1)));
    Codec.encode(new Claim(List.of("warm-up"), Numbers.NONE));
    Codec.encode(new Ready());
  }

  private static OwnedFd unbound(Posix posix) throws IOException {
    int type = Constants.SOCK_STREAM | Constants.SOCK_CLOEXEC;
    return OwnedFd.of(posix, posix.socket(Constants.AF_INET, type, 0), "warm-up");
  }
}
