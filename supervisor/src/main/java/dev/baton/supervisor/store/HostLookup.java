package dev.baton.supervisor.store;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the address of a host name; the seam that keeps tests away from name servers. */
@FunctionalInterface
interface HostLookup {
  /** The address to bind for a name or a literal address. May block on a name server. */
  InetAddress find(String host) throws UnknownHostException;
}
