package dev.baton.supervisor.openserver.service;

import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.config.OpenServiceConfig;
import dev.baton.supervisor.dispatch.Reserve;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.openserver.OpenDesk;
import dev.baton.supervisor.openserver.OpenServer;
import dev.baton.supervisor.openserver.Requester;
import dev.baton.sys.MessageBuffer;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import java.util.concurrent.Executor;

/** What all clients use by turns, on the one thread of the service. */
final class Room {
  /** Bytes of one read; the others have their turn then. */
  private static final int PIECE = 16 * 1024;

  final Posix posix;
  final Loop loop;
  final Shares shares;
  final Tally tally = new Tally();

  /** Room for one descriptor: more than that are not installed at all, and that is told. */
  final MessageBuffer in = new MessageBuffer(PIECE, 1);

  final MessageBuffer out = new MessageBuffer(Outgoing.PIECE, 1);
  final OpenServiceConfig config;
  final Reserve reserve;
  private final OpenServer server;
  private final Executor answersOn;

  Room(
      Posix posix,
      Loop loop,
      Executor answersOn,
      OpenServiceConfig config,
      OpenServer server,
      Reserve reserve) {
    this.posix = posix;
    this.loop = loop;
    this.answersOn = answersOn;
    this.config = config;
    this.server = server;
    this.shares = new Shares(config.maxClients(), config.maxClientsPerUser());
    this.reserve = reserve;
  }

  OpenDesk desk(PeerCredentials peer, OpenPolicyConfig policy) {
    String name = "uid " + Integer.toUnsignedString(peer.uid());
    return server.desk(new Requester(name, peer.pid(), peer.uid(), peer.gid()), policy, answersOn);
  }
}
