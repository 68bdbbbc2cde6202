package dev.baton.worker;

/**
 * What a plugin counts, so that its worker can be judged by it: a pool may recycle its workers
 * after a number of requests. Connections are counted by themselves. Thread-safe, never waits, and
 * cheap enough for every request.
 *
 * <p>The supervisor hears of it with the answer to each heartbeat. HTTP/1.1 requests of a server
 * whose connections are drained by the adapters' {@code HttpDrain} are counted there.
 */
public interface Counters {
  /**
   * One request is over.
   *
   * @param nanos how long it took
   * @param ok whether it went well, as far as that was the plugin's doing
   */
  void request(long nanos, boolean ok);
}
