package dev.baton.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Sends numbered datagrams to the echo plugin at a steady rate, from several ports in turn, and
 * counts the answers. One thread, started at once; the methods may be called from any other.
 *
 * <p>A datagram is its number in decimal digits, and its answer the same, a blank and who answered.
 */
public final class DatagramLoad implements AutoCloseable {
  private static final int BUFFER_BYTES = 4 << 20;
  private static final int MISSING = 20;
  private static final byte SENT = 1;
  private static final byte ANSWERED = 2;
  private static final long LATE_NANOS = 1_000_000_000L;
  private static final Duration STRAGGLERS = Duration.ofSeconds(3);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final double rate;
  private final List<DatagramChannel> clients = new ArrayList<>();
  private final Selector selector;
  private final UdpCounters before;
  private final long start;
  private final Thread thread;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
  private final Map<String, Long> workers = new TreeMap<>();
  private final Map<Integer, Set<String>> byClient = new TreeMap<>();
  private byte[] answers = new byte[1 << 16];
  private int due;
  private long sent;
  private long answered;
  private long duplicates;
  private long unreachable;
  private long late;
  private long junk;
  private volatile boolean stopping;
  private volatile long end;
  private volatile Throwable crash;

  /**
   * Begins at once.
   *
   * @param target where the datagrams go
   * @param rate datagrams a second
   * @param ports how many sockets they come from
   */
  public DatagramLoad(InetSocketAddress target, double rate, int ports) throws IOException {
    this.rate = rate;
    before = UdpCounters.read();
    selector = Selector.open();
    try {
      for (int i = 0; i < ports; i++) {
        var client = DatagramChannel.open();
        clients.add(client);
        client.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
        client.configureBlocking(false);
        client.connect(target); // so that the kernel says when nobody is there
        client.register(selector, SelectionKey.OP_READ, i);
      }
    } catch (IOException e) {
      closeAll();
      throw e;
    }
    start = System.nanoTime();
    thread = new Thread(this::run, "datagram-load");
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads {@code udp://HOST:PORT}, as a status shows it. */
  public static InetSocketAddress target(String address) {
    var uri = URI.create(address);
    var host = uri.getHost().replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(host, uri.getPort());
  }

  /** How many datagrams have been sent and answered so far. */
  public synchronized long answered() {
    return answered;
  }

  /** How many datagrams have been sent so far. */
  public synchronized long sent() {
    return sent;
  }

  /** Sends no more, and waits up to three seconds for answers that are missing. */
  public DatagramReport stop() throws IOException {
    finish();
    if (crash != null) {
      throw new IllegalStateException("the load generator failed", crash);
    }
    return report();
  }

  @Override
  public void close() {
    finish();
  }

  private void finish() {
    stopping = true;
    selector.wakeup();
    try {
      thread.join(STRAGGLERS.plus(GRACE).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (thread.isAlive()) {
      throw new IllegalStateException("the load generator did not end");
    }
  }

  private synchronized DatagramReport report() throws IOException {
    var missing = new ArrayList<Integer>();
    for (int i = 0; i < due && missing.size() < MISSING; i++) {
      if (answers[i] == SENT) {
        missing.add(i);
      }
    }
    var clientsOf = new HashMap<Integer, Set<String>>();
    byClient.forEach((client, of) -> clientsOf.put(client, Set.copyOf(of)));
    return new DatagramReport(
        sent,
        answered,
        duplicates,
        unreachable,
        late,
        junk,
        Map.copyOf(workers),
        clientsOf,
        missing,
        UdpCounters.read().since(before),
        Duration.ofNanos(end - start));
  }

  private void run() {
    try {
      while (!stopping) {
        sendDue();
        long nanos = start + (long) (due * 1e9 / rate) - System.nanoTime();
        receive(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
      }
      end = System.nanoTime();
      while (answered() < sent() && System.nanoTime() - end < STRAGGLERS.toNanos()) {
        receive(10);
      }
    } catch (Throwable e) {
      crash = e;
    } finally {
      closeAll();
    }
  }

  private void closeAll() {
    try (selector) {
      for (var client : clients) {
        client.close();
      }
    } catch (IOException e) {
      crash = e;
    }
  }

  private synchronized void sendDue() throws IOException {
    for (long now = System.nanoTime(); start + (long) (due * 1e9 / rate) <= now && !stopping; ) {
      if (due == answers.length) {
        answers = Arrays.copyOf(answers, 2 * due);
      }
      int number = due++;
      if (now - start - (long) (number * 1e9 / rate) > LATE_NANOS) {
        late++;
        continue;
      }
      var text = ByteBuffer.wrap(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
      try {
        // Retried: the error that a connected socket reports is that of an earlier datagram.
        if (clients.get(number % clients.size()).write(text) > 0) {
          sent++;
          answers[number] = SENT;
        } else {
          late++;
        }
      } catch (PortUnreachableException e) {
        unreachable++;
        due--;
      }
    }
  }

  private void receive(long millis) throws IOException {
    selector.select(key -> {}, millis);
    for (int i = 0; i < clients.size(); i++) {
      receiveAll(i);
    }
  }

  private synchronized void receiveAll(int client) throws IOException {
    while (true) {
      try {
        if (clients.get(client).read(buffer.clear()) <= 0) {
          return;
        }
        take(client, StandardCharsets.US_ASCII.decode(buffer.flip()).toString());
      } catch (PortUnreachableException e) {
        unreachable++;
      }
    }
  }

  private void take(int client, String answer) {
    var part = answer.split(" ", 2);
    int number = part[0].matches("[0-9]{1,9}") ? Integer.parseInt(part[0]) : Integer.MAX_VALUE;
    if (part.length < 2 || number >= due || answers[number] == 0) {
      junk++;
      return;
    }
    workers.merge(part[1], 1L, Long::sum);
    byClient.computeIfAbsent(client, c -> new TreeSet<>()).add(part[1]);
    if (answers[number] == ANSWERED) {
      duplicates++;
    } else {
      answers[number] = ANSWERED;
      answered++;
    }
  }
}
