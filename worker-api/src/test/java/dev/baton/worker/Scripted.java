package dev.baton.worker;

import java.nio.channels.FileChannel;

/** A plugin that does what a test in the same JVM wants. */
public final class Scripted implements Worker {
  static volatile Worker next;

  private final Worker script = next;

  @Override
  public void start(WorkerContext context) throws Exception {
    script.start(context);
  }

  @Override
  public void onFileChanged(String name, FileChannel file) throws Exception {
    script.onFileChanged(name, file);
  }

  @Override
  public void drain(Drain drain) throws Exception {
    script.drain(drain);
  }

  @Override
  public void stop() throws Exception {
    script.stop();
  }
}
