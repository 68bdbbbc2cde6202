package dev.baton.samples.dns;

import dev.baton.worker.Drain;
import dev.baton.worker.Worker;
import dev.baton.worker.WorkerContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers DNS queries for the zone of its configuration, on all UDP and TCP listeners it is given:
 * addresses and texts, without recursion, delegation, wildcards, zone transfer or DNSSEC. UDP on a
 * wildcard address of a machine with several: the kernel may choose another address for the answer
 * than was asked, so name the address in the configuration there.
 */
public final class DnsWorker implements Worker {
  private final List<UdpServer> sockets = new ArrayList<>();
  private TcpServer connections;

  @Override
  public void start(WorkerContext context) throws IOException {
    Zone zone = new Zone(context.config(DnsConfig.class));
    Responder responder = new Responder(zone, context.identity().id());
    for (String name : context.datagrams()) {
      sockets.add(new UdpServer(name, context.datagrams(name), responder));
    }
    connections = new TcpServer(responder);
    for (String name : context.listeners()) {
      context.connections(name, connections::serve);
    }
    context.ready();
  }

  /** What comes from now on stays in the sockets, for the worker that is lent them next. */
  @Override
  public void drain(Drain drain) throws InterruptedException {
    connections.stop();
    for (UdpServer socket : sockets) {
      socket.stop();
    }
    drain.done();
  }
}
