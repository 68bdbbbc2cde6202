package dev.baton.supervisor.config;

/**
 * One listener.
 *
 * @param name the name that pools and plugins use
 * @param address where it listens
 * @param mode how its connections or datagrams reach workers
 * @param backlog the second argument of listen(2), which the kernel caps at {@code
 *     net.core.somaxconn}; without meaning where datagrams arrive
 * @param policy which worker gets a connection if the mode is dispatch, else the default, without
 *     meaning
 * @param tcp options if the address is TCP, else the defaults, without meaning
 * @param unix options if the address is a UNIX path, else the defaults, without meaning
 * @param udp options if the address is UDP, else the defaults, without meaning
 */
public record ListenerConfig(
    String name,
    ListenAddress address,
    ListenerMode mode,
    int backlog,
    DispatchPolicy policy,
    TcpOptions tcp,
    UnixOptions unix,
    UdpOptions udp) {

  /** The backlog of a listener that names none: what current kernels cap it at by default. */
  public static final int DEFAULT_BACKLOG = 4096;
}
