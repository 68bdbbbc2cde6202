package dev.baton.worker;

import dev.baton.fd.OwnedFd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What the supervisor gives a plugin. Thread-safe. */
public interface WorkerContext {
  /** Who this worker is. */
  WorkerIdentity identity();

  /**
   * The plugin's own configuration as a record or bean of the plugin. A key that is missing gives
   * null, 0 or false; a {@link java.time.Duration} is written as {@code 500ms}, {@code 2s}, {@code
   * 5m}, {@code 1h} or {@code 1d}; enum constants in any case.
   *
   * @throws IllegalArgumentException naming the key that is unknown or does not fit
   */
  <T> T config(Class<T> type);

  /** The plugin's own configuration as it is in the file; empty when there is none. */
  Map<String, Object> config();

  /**
   * The names of the listeners for connections that were offered, whatever their mode, dispatched
   * ones included.
   */
  Set<String> listeners();

  /** The names of the datagram listeners that were offered. */
  Set<String> datagrams();

  /** The names of the held files that were offered. */
  Set<String> files();

  /**
   * Where a listener or datagram listener is bound, with its real port: an {@link
   * java.net.InetSocketAddress}, or a {@link java.net.UnixDomainSocketAddress}, in which an
   * abstract name begins with {@code @}. Takes nothing over.
   *
   * @throws IllegalArgumentException when there is none of that name
   * @throws IOException when it is closed
   */
  SocketAddress address(String name) throws IOException;

  /**
   * Takes over a listener, to accept from it by one's own means or by a server library's: blocking,
   * with a selector, through {@code socket()}, by several threads. The same object for every call.
   * It is bound and listening, so leave out the bind; closing it closes nothing of anybody else's.
   * Never call {@code shutdown} on it. What it accepts from is the listener's {@code mode}:
   *
   * <ul>
   *   <li>{@code shared}: the socket that the supervisor and other workers have, too. It is
   *       non-blocking for the kernel, which {@code java.nio} hides.
   *   <li>{@code reuseport}: a socket that is this slot's own, and connections that the supervisor
   *       hands to this worker because another slot has nobody to serve them.
   *   <li>{@code dispatch}: what the supervisor hands to this worker. A connection is taken when
   *       accept returns it; until then the supervisor may give it to another worker.
   * </ul>
   *
   * Connections that were handed over count until they are closed: a drain waits for them.
   *
   * <p>Ask before {@link #ready()}: what nobody asked for is closed then, while what the supervisor
   * offers later stays. A revoked listener is closed.
   *
   * @throws IllegalArgumentException with the names there are, when there is none of that name or
   *     it is one for datagrams
   * @throws IllegalStateException when its connections go to a handler
   * @throws IOException when the descriptor cannot be made a channel
   */
  ServerSocketChannel listener(String name) throws IOException;

  /**
   * Takes over a listener and has each of its connections served by a handler, on at most 64
   * threads for it. When all are busy, further connections wait where others can have them: in the
   * kernel's queue or, with {@code mode: dispatch}, where the supervisor can take them back. When a
   * drain begins no more are taken.
   *
   * @throws IllegalArgumentException as {@link #listener}
   * @throws IllegalStateException when it was taken over before
   * @throws IOException when the listener cannot be accepted from
   */
  void connections(String listener, ConnectionHandler handler) throws IOException;

  /**
   * As {@link #connections(String, ConnectionHandler)}, with the handler called by an executor. It
   * may block or run the task itself; a connection that it rejects goes back to the supervisor with
   * {@code mode: dispatch}, and is closed otherwise. The executor is not shut down.
   */
  void connections(String listener, Executor executor, ConnectionHandler handler)
      throws IOException;

  /**
   * Takes over a datagram listener ({@code udp:} or {@code unixgram:}). It is bound; with {@code
   * mode: reuseport} it is this slot's own, else it is shared and each datagram goes to one of the
   * workers. Closing it closes this worker's copy only. The same object for every call; ask before
   * {@link #ready()}. A {@code unixgram:} one gives senders as {@link
   * java.net.UnixDomainSocketAddress}, with an empty path for those that cannot be answered.
   *
   * @throws IllegalArgumentException with the names there are, when there is none of that name or
   *     it is one for connections
   * @throws IOException when the descriptor cannot be made a channel
   */
  DatagramChannel datagrams(String name) throws IOException;

  /**
   * Takes over a held file. It shares the supervisor's open file description, the offset included
   * (APUE 17.4). The same object for every call, until the supervisor opens the file anew: then the
   * plugin is told by {@link Worker#onFileChanged}, and this one is closed.
   *
   * @throws IllegalArgumentException with the names there are, when there is none of that name
   */
  FileChannel file(String name) throws IOException;

  /**
   * Asks the supervisor to open a file that this process may not, or is not meant to, open itself
   * (the open server of APUE 17.5). What is allowed is the pool's {@code open} list in the
   * configuration. The channel is this worker's alone.
   *
   * <p>Never waits. Up to 128 requests are on their way at once, and 16,384 wait behind them; any
   * beyond that fails with BUSY. Answers come in any order, also during a drain. The future is
   * completed on one of a few threads of the SDK, so hand what takes long to an executor of your
   * own. Whoever gets the channel closes it; when the future itself was cancelled, or has timed
   * out, what comes is closed. (Of a future that was derived from it, nobody knows.)
   *
   * <p>The future fails with {@link OpenRefusedException}, which has the reason, or with another
   * {@code IOException} when there is no answer: the supervisor is gone, this worker stops, or no
   * channel can be made of it.
   *
   * @param path absolute, without {@code ..}, at most 4095 bytes of UTF-8
   * @throws IllegalArgumentException when the path is not of the default file system
   */
  CompletableFuture<FileChannel> open(Path path, OpenRequest request);

  /** As {@link #open}, with the bare descriptor as the result, such as of a directory. */
  CompletableFuture<OwnedFd> openDescriptor(Path path, OpenRequest request);

  /**
   * Asks the supervisor for a connection, which comes in blocking mode: the pool's {@code connect}
   * list allows it. Otherwise as {@link #open}. A UNIX-domain address that begins with {@code @},
   * as a relative path, is a name in the abstract namespace. A host name that was not resolved yet
   * is looked up first, by the calling thread.
   *
   * @param address an {@link InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}
   * @throws IllegalArgumentException when it is neither
   */
  CompletableFuture<SocketChannel> connect(SocketAddress address);

  /**
   * Asks the supervisor for a socket that listens on a TCP port, such as one below 1024: the pool's
   * {@code bind} list allows it. Otherwise as {@link #connect}. It is this worker's own and goes
   * with it, unlike the listeners of the configuration.
   */
  CompletableFuture<ServerSocketChannel> bind(InetSocketAddress address);

  /** As {@link #bind}, with a UDP port. */
  CompletableFuture<DatagramChannel> bindDatagrams(InetSocketAddress address);

  /**
   * Has this worker's heartbeats depend on the plugin's own check: while it throws, or has not
   * returned within its deadline, the supervisor is not answered, and after as many heartbeats as
   * the pool's configuration allows to be missed it takes the worker for hung, keeps a thread dump,
   * and replaces it. Without a check only the JVM and its channel have to be alive.
   *
   * <p>The check runs once for each heartbeat, and several times a second while the plugin is
   * unwell, on a thread of its own, one at a time; it is not interrupted. It may take longer than
   * heartbeats are apart. Heartbeats count once the worker is ready, until it drains. Once.
   *
   * @param deadline for one run of it
   * @throws IllegalStateException when there is one already
   * @throws IllegalArgumentException when the deadline is not above 0
   */
  void health(HealthCheck check, Duration deadline);

  /** Where the plugin counts what it does; the same object for every call. */
  Counters counters();

  /**
   * Says "I serve": the only proof of readiness. Once.
   *
   * @throws IllegalStateException when it was said before
   */
  void ready();

  /** One line about the plugin's own state, for {@code baton status}. */
  void status(String text);
}
