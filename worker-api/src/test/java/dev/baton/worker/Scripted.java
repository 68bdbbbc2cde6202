package dev.baton.worker;

/** A plugin that does what a test in the same JVM wants. */
public final class Scripted implements Worker {
  static volatile Worker next;

  private final Worker script = next;

  @Override
  public void start(WorkerContext context) throws Exception {
    script.start(context);
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
