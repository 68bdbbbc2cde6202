package dev.baton.worker;

import java.nio.channels.FileChannel;

/**
 * A plugin: the code that one worker process runs. It needs a public constructor without
 * parameters, and is found by class name or through {@link java.util.ServiceLoader}.
 *
 * <p>The methods are called one after the other, on one thread, so a long {@link #start} delays
 * {@link #drain}: hand the serving to threads of your own. Whatever they throw reaches the operator
 * with its message.
 */
public interface Worker {
  /**
   * Takes over listeners and files and begins to serve; {@link WorkerContext#ready()} says so, here
   * or later from any thread. What was offered and not asked for by then is closed.
   */
  void start(WorkerContext context) throws Exception;

  /**
   * Takes no new work and finishes the old. {@link Drain#done()} says that nothing is in work any
   * more, here or later from any thread. By default there is nothing to finish.
   */
  default void drain(Drain drain) throws Exception {
    drain.done();
  }

  /**
   * A held file that the plugin has taken over was opened anew by the supervisor ({@code baton
   * reload}): its path leads to another file by now, or what it holds has changed. {@link
   * WorkerContext#file} gives the new one from now on. The old one is closed when this method
   * returns, so whoever uses it in another thread is to have let go of it by then. Several changes
   * in a row may be told of as one. By default nothing is done about it.
   *
   * <p>What it throws reaches the operator as a warning, and the worker goes on.
   *
   * @param name of the file
   * @param file opened with the rights of the supervisor; its offset, which begins at 0, is shared
   *     with the other workers, so read by position
   */
  default void onFileChanged(String name, FileChannel file) throws Exception {}

  /**
   * The process is about to exit: the last moment to flush and close. What takes longer than the
   * pool's stop time is ended by TERM and then KILL.
   */
  default void stop() throws Exception {}
}
