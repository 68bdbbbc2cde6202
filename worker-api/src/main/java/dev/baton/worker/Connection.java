package dev.baton.worker;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/**
 * One accepted connection that is this worker's. It counts as open until it is closed, here or by
 * its channel: for the supervisor's choice of a worker, and for a drain, which waits for it.
 * Thread-safe.
 */
public interface Connection extends Closeable {
  /**
   * Its number: the supervisor's where the supervisor accepted it, so that it can be found in its
   * logs, else one below 0; unique within the worker.
   */
  long id();

  /** The name of the listener it came by. */
  String listener();

  /**
   * The client's address as it was accepted: an {@link java.net.InetSocketAddress}, or a {@link
   * java.net.UnixDomainSocketAddress}, whose path is empty for the usual unnamed client. Known also
   * after the connection was closed.
   */
  SocketAddress peer();

  /**
   * The connection itself, in blocking mode at first; always the same object. Closing it is closing
   * the connection, whatever else holds it: what was written reaches the client, and then
   * end-of-file.
   */
  SocketChannel channel();

  /** Closes the channel; further calls do nothing. */
  @Override
  void close() throws IOException;
}
