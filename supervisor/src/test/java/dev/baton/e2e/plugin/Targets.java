package dev.baton.e2e.plugin;

import dev.baton.fd.OwnedFd;
import dev.baton.worker.OpenRequest;
import dev.baton.worker.WorkerContext;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * What to ask for, as texts: a path, an address such as {@code tcp://127.0.0.1:1234} or {@code
 * unix:/path} to connect to, or {@code bind:} with an address.
 */
final class Targets {
  private static final String BIND = "bind:";
  private static final String UNIX = "unix:";
  private static final String UDP = "udp:";

  private final WorkerContext context;

  Targets(WorkerContext context) {
    this.context = context;
  }

  CompletableFuture<FileChannel> file(Path path, OpenRequest request) {
    return context.open(path, request);
  }

  CompletableFuture<OwnedFd> descriptor(Path path, OpenRequest request) {
    return context.openDescriptor(path, request);
  }

  /** Asks for it; a path is to be read. */
  CompletableFuture<? extends Closeable> ask(String target) {
    if (target.startsWith("/")) {
      return context.open(Path.of(target), OpenRequest.read());
    }
    if (target.startsWith(UNIX)) {
      return context.connect(UnixDomainSocketAddress.of(target.substring(UNIX.length())));
    }
    if (!target.startsWith(BIND)) {
      return context.connect(inet(target));
    }
    var address = target.substring(BIND.length());
    return address.startsWith(UDP)
        ? context.bindDatagrams(inet(address))
        : context.bind(inet(address));
  }

  private static InetSocketAddress inet(String text) {
    var uri = URI.create(text);
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  /** What it is connected to, or bound to, in words. */
  static String address(Closeable channel) throws IOException {
    SocketAddress peer = channel instanceof SocketChannel s ? s.getRemoteAddress() : null;
    return peer == null
        ? "bound " + ((NetworkChannel) channel).getLocalAddress()
        : "connected " + peer;
  }
}
