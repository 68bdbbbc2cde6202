package dev.baton.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Clients of the greeting plugin that stay. Each waits for its greeting before the next one comes;
 * one thread at a time.
 */
public final class LongClients implements AutoCloseable {
  /**
   * One of them.
   *
   * @param worker who greeted it
   * @param channel its connection
   */
  private record Client(String worker, SocketChannel channel) {}

  private final Target target;
  private final List<Client> clients = new ArrayList<>();

  /** None at first. */
  public LongClients(Target target) {
    this.target = target;
  }

  /** Some more; who greets nobody keeps this waiting. */
  public void add(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      var channel = SocketChannel.open(target.address());
      try {
        clients.add(new Client(line(channel).substring(1), channel));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }
  }

  private static String line(SocketChannel channel) throws IOException {
    InputStream in = Channels.newInputStream(channel);
    // Nothing comes behind the line until more is asked, so the reader may read ahead.
    var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
    var line = reader.readLine();
    if (line == null) {
      throw new IOException("end-of-file before a line");
    }
    return line;
  }

  /** How many each worker has. */
  public Map<String, Integer> byWorker() {
    var counts = new TreeMap<String, Integer>();
    clients.forEach(client -> counts.merge(client.worker, 1, Integer::sum));
    return counts;
  }

  /** Closes so many of one worker's. */
  public void remove(String worker, int count) throws IOException {
    int left = count;
    for (var client : List.copyOf(clients)) {
      if (left > 0 && client.worker.equals(worker)) {
        client.channel.close();
        clients.remove(client);
        left--;
      }
    }
  }

  /** Whether each still has its worker: asks all, one after the other. */
  public boolean allAnswer() throws IOException {
    for (var client : clients) {
      client.channel.write(StandardCharsets.US_ASCII.encode("again\n"));
      if (!line(client.channel).equals("=" + client.worker + " again")) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    for (var client : clients) {
      client.channel.close();
    }
    clients.clear();
  }
}
