package dev.baton.benchmarks.standalone;

import dev.baton.worker.Worker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/**
 * {@code StandaloneMain PLUGIN LISTENER BACKLOG}: one plugin on one listener that this process
 * binds itself, on a loopback port that the kernel chooses. It says {@code ready PORT} on its
 * output and serves until it is killed.
 */
public final class StandaloneMain {
  /** What precedes the port on the line that says "I serve". */
  public static final String READY = "ready ";

  private StandaloneMain() {}

  /** Never returns, other than by an exception of the plugin. */
  public static void main(String[] args) throws Exception {
    Worker plugin = (Worker) Class.forName(args[0]).getConstructor().newInstance();
    // Like a listener of the supervisor: IPv4 and not Java's dual-stack socket, SO_REUSEADDR, the
    // same queue. TCP_NODELAY is set there on the listener, here by the server on each connection.
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0),
          Integer.parseInt(args[2]));
      StandaloneContext context = new StandaloneContext(args[1], listener);
      plugin.start(context);
      context.awaitReady();
      System.out.println(READY + ((InetSocketAddress) listener.getLocalAddress()).getPort());
      Thread.currentThread().join();
    }
  }
}
