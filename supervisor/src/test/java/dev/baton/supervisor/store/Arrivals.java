package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;

import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.PeerAddress;
import dev.baton.sys.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Clients of the listener "web" and the slots whose sockets they reached. */
final class Arrivals {
  private Arrivals() {}

  /** How many of some new clients reached each slot, without the slots that none reached. */
  static Map<Integer, Integer> of(FdStore store, int count) throws IOException {
    try (Clients clients = send(store, count)) {
      Map<Integer, Integer> reached = collect(store);
      int sum = reached.values().stream().mapToInt(n -> n).sum();
      if (sum != clients.count()) {
        throw new AssertionError(sum + " of " + clients.count() + " arrived: " + reached);
      }
      return reached;
    }
  }

  /** Clients that have connected, or sent a datagram. */
  static Clients send(FdStore store, int count) throws IOException {
    Clients clients = open(store, count);
    clients.send();
    return clients;
  }

  /** Clients that have connected, or could send. */
  static Clients open(FdStore store, int count) throws IOException {
    Clients clients = new Clients(new ArrayList<>());
    InetSocketAddress to = (InetSocketAddress) Fixtures.client(store, "web");
    boolean datagrams = Fixtures.address(store, "web").startsWith("udp");
    for (int i = 0; i < count; i++) {
      clients.all.add(datagrams ? DatagramChannel.open().connect(to) : SocketChannel.open(to));
    }
    return clients;
  }

  /** Empties all sockets: what was in each. Loopback delivers before a send or connect returns. */
  static Map<Integer, Integer> collect(FdStore store) throws IOException {
    Map<Integer, Integer> reached = new TreeMap<>();
    boolean datagrams = Fixtures.address(store, "web").startsWith("udp");
    PeerAddress from = new PeerAddress();
    byte[] one = new byte[1];
    for (int slot : store.slots("web")) {
      try (OwnedFd socket = store.lend("web", slot)) {
        while (true) {
          int got =
              socket.borrow(
                  n ->
                      datagrams
                          ? POSIX.recvfrom(n, one, 1, Constants.MSG_DONTWAIT, from)
                          : POSIX.accept4(n));
          if (got == Posix.WOULD_BLOCK) {
            break;
          }
          reached.merge(slot, 1, Integer::sum);
          if (!datagrams) {
            POSIX.close(got);
          }
        }
      }
    }
    return reached;
  }

  /** Open clients, to be closed. */
  record Clients(List<ByteChannel> all) implements AutoCloseable {
    int count() {
      return all.size();
    }

    void send() throws IOException {
      for (ByteChannel client : all) {
        if (client instanceof DatagramChannel) {
          client.write(ByteBuffer.wrap(new byte[] {1}));
        }
      }
    }

    /** Where a datagram of each client arrives. */
    List<Integer> slots(FdStore store) throws IOException {
      List<Integer> slots = new ArrayList<>();
      for (ByteChannel client : all) {
        client.write(ByteBuffer.wrap(new byte[] {1}));
        slots.addAll(collect(store).keySet());
      }
      return slots;
    }

    @Override
    public void close() throws IOException {
      for (ByteChannel client : all) {
        client.close();
      }
    }
  }
}
