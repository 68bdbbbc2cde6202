package dev.baton.supervisor.config;

/**
 * One listener.
 *
 * @param name the name that pools and plugins use
 * @param address where it listens
 * @param mode how its connections reach workers
 * @param backlog the second argument of listen(2); the kernel caps it at {@code net.core.somaxconn}
 * @param tcp options if the address is TCP, else the defaults, without meaning
 * @param unix options if the address is a UNIX path, else the defaults, without meaning
 */
public record ListenerConfig(
    String name,
    ListenAddress address,
    ListenerMode mode,
    int backlog,
    TcpOptions tcp,
    UnixOptions unix) {

  /** The backlog of a listener that names none: what current kernels cap it at by default. */
  public static final int DEFAULT_BACKLOG = 4096;
}
