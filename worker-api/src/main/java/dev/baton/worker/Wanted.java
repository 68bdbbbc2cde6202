package dev.baton.worker;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor.Kind;
import dev.baton.protocol.OpenHow;
import dev.baton.protocol.OpenHow.Access;
import dev.baton.protocol.ToSupervisor.Asking;
import dev.baton.protocol.ToSupervisor.Bind;
import dev.baton.protocol.ToSupervisor.Connect;
import dev.baton.protocol.ToSupervisor.Open;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * What a request is after: how it is asked for, and what the plugin gets made of the answer.
 *
 * @param verb the request's type on the wire
 * @param kind what the descriptor must be said to be
 */
record Wanted<T extends AutoCloseable>(String verb, Kind kind, Question question, Maker<T> maker) {
  static final Wanted<FileChannel> FILE = new Wanted<>("open", Kind.FILE, Open::new, Wanted::file);

  static final Wanted<OwnedFd> DESCRIPTOR =
      new Wanted<>("open", Kind.FILE, Open::new, (fd, how) -> fd);

  static final Wanted<SocketChannel> CONNECTION =
      new Wanted<>("connect", Kind.CONNECTION, Wanted::connect, (fd, how) -> Adoption.socket(fd));

  static final Wanted<ServerSocketChannel> LISTENER =
      new Wanted<>("bind", Kind.LISTENER, Wanted::bind, (fd, how) -> Adoption.serverSocket(fd));

  static final Wanted<DatagramChannel> DATAGRAMS =
      new Wanted<>("bind", Kind.LISTENER, Wanted::bind, (fd, how) -> Adoption.datagram(fd));

  /** Puts the request into a message. */
  @FunctionalInterface
  interface Question {
    Asking of(long id, String target, OpenHow how);
  }

  /** Makes the answer; consumes the descriptor. */
  @FunctionalInterface
  interface Maker<T> {
    T make(OwnedFd fd, OpenHow how) throws IOException;
  }

  private static Asking connect(long id, String address, OpenHow none) {
    return new Connect(id, address);
  }

  private static Asking bind(long id, String address, OpenHow none) {
    return new Bind(id, address);
  }

  private static FileChannel file(OwnedFd fd, OpenHow how) throws IOException {
    boolean writable = how.has(Access.WRITE) || how.has(Access.APPEND);
    return Adoption.file(fd, how.has(Access.READ), writable);
  }
}
