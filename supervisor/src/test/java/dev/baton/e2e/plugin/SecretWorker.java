package dev.baton.e2e.plugin;

import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Tells everybody who connects what its held file {@code secret} holds, and how often it came. */
public final class SecretWorker implements Worker {
  private volatile String secret;
  private int changes;

  @Override
  public void start(WorkerContext context) throws IOException {
    secret = text(context.file("secret"));
    context.connections(
        "web",
        connection -> {
          try (connection) {
            connection.channel().write(StandardCharsets.UTF_8.encode(secret));
          }
        });
    context.ready();
  }

  @Override
  public void onFileChanged(String name, FileChannel file) throws IOException {
    changes++;
    secret = text(file) + " " + name + " " + changes;
    if (secret.startsWith("bad")) {
      throw new IOException("this is no secret");
    }
  }

  private static String text(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(100);
    file.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }
}
