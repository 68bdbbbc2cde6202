package dev.baton.worker;

import dev.baton.channel.EndOfChannel;
import dev.baton.channel.FrameSocket;
import dev.baton.channel.MessageChannel;
import dev.baton.channel.Received;
import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.ProtocolException;
import dev.baton.protocol.Reply;
import dev.baton.protocol.ToSupervisor.Rejoin;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.sys.PeerCredentials;
import dev.baton.sys.Posix;
import dev.baton.sys.SockAddr;
import dev.baton.sys.SysException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One attempt to be adopted by the next supervisor, at the socket that the last one has named.
 * Blocks, for some seconds at most.
 */
final class Adopter {
  private static final int PATIENCE_MILLIS = 5_000;

  private final Posix posix;
  private final String path;
  private final int supervisorUid;

  /**
   * @param path of the adoption socket
   * @param supervisorUid the user of the supervisor that is gone: nobody else but root is followed
   */
  Adopter(Posix posix, String path, int supervisorUid) {
    this.posix = posix;
    this.path = path;
    this.supervisorUid = supervisorUid;
  }

  /** What is brought: each descriptor, lent for the call, with what tells of it. */
  record Brought(List<Descriptor> what, List<OwnedFd> fds) {}

  /** How it went: the new control channel, or why there is none. */
  record Outcome(Optional<OwnedFd> channel, String refusal) {
    private static Outcome refused(String why) {
      return new Outcome(Optional.empty(), why);
    }
  }

  /** What is said and heard, once somebody listens. */
  interface Words {
    /** What this worker says. */
    Rejoin rejoin(List<Descriptor> fds);

    /**
     * The answer.
     *
     * @throws ProtocolException when it cannot be followed
     */
    void adopted(ToWorker.Adopted answer) throws ProtocolException;
  }

  /** What this worker holds; the copies are the receiver's to close. */
  interface Holdings {
    Brought copies() throws SysException;
  }

  /**
   * Tries.
   *
   * @return empty when nobody is there yet
   */
  Optional<Outcome> attempt(Holdings holdings, Words words) {
    try {
      OwnedFd socket =
          OwnedFd.of(
              posix,
              posix.socket(
                  Constants.AF_UNIX, Constants.SOCK_SEQPACKET | Constants.SOCK_NONBLOCK, 0),
              "rejoin");
      try (OwnedFd fd = socket) {
        if (fd.<Integer, SysException>borrow(n -> posix.connect(n, SockAddr.unix(path)))
            == Posix.WOULD_BLOCK) {
          return Optional.empty(); // its queue is full
        }
        PeerCredentials peer = fd.borrow(posix::peerCredentials);
        if (peer.uid() != supervisorUid && peer.uid() != 0) {
          return Optional.of(
              Outcome.refused("who listens at " + path + " runs as uid " + peer.uid()));
        }
        return Optional.of(talk(fd, holdings, words));
      }
    } catch (SysException e) {
      return switch (e.errno()) {
        case ENOENT, ECONNREFUSED -> Optional.empty();
        default -> Optional.of(Outcome.refused(e.getMessage()));
      };
    } catch (IOException | ProtocolException e) {
      return Optional.of(Outcome.refused(String.valueOf(e.getMessage())));
    }
  }

  private Outcome talk(OwnedFd fd, Holdings holdings, Words words)
      throws IOException, ProtocolException {
    Brought brought = holdings.copies();
    // The channel closes its own copy of the socket; ours is the one that stays.
    try (MessageChannel<ToWorker> channel =
        new MessageChannel<>(
            posix, new FrameSocket(posix, fd.duplicate("rejoining")), ToWorker.class)) {
      channel.send(words.rejoin(brought.what()), new ArrayList<>(brought.fds()));
      int ready = channel.borrow(n -> posix.poll(n, Constants.POLLIN, PATIENCE_MILLIS));
      Optional<Received<ToWorker>> answer = ready == 0 ? Optional.empty() : channel.receive(false);
      if (answer.isEmpty()) {
        return Outcome.refused("no answer within " + PATIENCE_MILLIS / 1000 + " s");
      }
      try (Received<ToWorker> received = answer.get()) {
        if (received.message() instanceof ToWorker.Adopted adopted) {
          words.adopted(adopted);
          return new Outcome(Optional.of(fd.take("channel")), "");
        }
        throw received.message() instanceof Reply.Error error
            ? new ProtocolException(ErrorCode.of(error.code()), error.text())
            : new ProtocolException(ErrorCode.OUT_OF_ORDER, "the answer is no answer to rejoin");
      }
    } catch (EndOfChannel e) {
      return Outcome.refused("it closed the connection");
    }
  }
}
