package dev.baton.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** What a supervisor says to a worker. */
public sealed interface ToWorker extends Message
    permits ToWorker.Welcome,
        ToWorker.Offer,
        ToWorker.Start,
        ToWorker.Ping,
        ToWorker.Revoke,
        ToWorker.Connection,
        ToWorker.Recall,
        ToWorker.Resume,
        ToWorker.Drain,
        ToWorker.Stop,
        ToWorker.Adopted,
        ToWorker.Opened,
        ToWorker.Log,
        Reply {

  /**
   * The answer to {@code hello}.
   *
   * @param worker {@code pool/slot#run}; may change once, with {@code start}, for a spare
   * @param generation of the pool
   * @param protocol what the supervisor speaks
   * @param adoption path of the socket for {@code rejoin} after the supervisor's death
   * @param secret what a {@code rejoin} must show; never to be logged
   * @param heartbeatMillis how often a {@code ping} comes
   * @param drainMillis how long a drain may take when the supervisor is gone
   * @param plugin class name, or null to find the only one by ServiceLoader
   * @param config the plugin's own configuration
   * @param orphanMillis how long the worker serves on when the supervisor is gone, before it drains
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Welcome(
      String worker,
      int generation,
      String protocol,
      String adoption,
      String secret,
      long heartbeatMillis,
      long drainMillis,
      String plugin,
      Map<String, Object> config,
      long orphanMillis)
      implements ToWorker {
    /** Of a worker that drains at once when the supervisor is gone. */
    public Welcome(
        String worker,
        int generation,
        String protocol,
        String adoption,
        String secret,
        long heartbeatMillis,
        long drainMillis,
        String plugin,
        Map<String, Object> config) {
      this(
          worker,
          generation,
          protocol,
          adoption,
          secret,
          heartbeatMillis,
          drainMillis,
          plugin,
          config,
          0);
    }

    @JsonCreator
    static Welcome read(
        @JsonProperty("worker") String worker,
        @JsonProperty(value = "generation", required = true) int generation,
        @JsonProperty("protocol") String protocol,
        @JsonProperty("adoption") String adoption,
        @JsonProperty("secret") String secret,
        @JsonProperty(value = "heartbeatMillis", required = true) long heartbeatMillis,
        @JsonProperty(value = "drainMillis", required = true) long drainMillis,
        @JsonProperty("plugin") String plugin,
        @JsonProperty("config") Map<String, Object> config,
        @JsonProperty("orphanMillis") Long orphanMillis) {
      return new Welcome(
          worker,
          generation,
          protocol,
          adoption,
          secret,
          heartbeatMillis,
          drainMillis,
          plugin,
          config,
          Fields.or0(orphanMillis));
    }

    public Welcome {
      Fields.require(worker, "worker");
      Fields.require(protocol, "protocol");
      Fields.require(adoption, "adoption");
      Fields.require(secret, "secret");
      config = config == null ? Map.of() : config;
    }

    @Override
    public String toString() {
      return "Welcome[" + worker + ", generation " + generation + "]";
    }
  }

  /** Descriptors for the worker, at any time; the supervisor keeps its own copies. */
  record Offer(long id, List<Descriptor> fds) implements ToWorker {
    public Offer {
      fds = Fields.list(fds, "fds");
    }
  }

  /**
   * All that the plugin needs to start has been offered.
   *
   * @param worker the worker's id from now on: a spare takes a slot with it
   */
  record Start(long id, String worker, int generation) implements ToWorker {
    public Start {
      Fields.require(worker, "worker");
    }
  }

  /** Asks for a {@code pong} with the same number. */
  record Ping(long seq) implements ToWorker {}

  /** Takes offers back: the worker closes its copies and answers {@code revoked}. */
  record Revoke(long id, List<String> names) implements ToWorker {
    public Revoke {
      names = Fields.list(names, "names");
    }
  }

  /**
   * One accepted connection for one worker.
   *
   * @param connection its number, unique for the supervisor's life
   * @param listener the listener it came by
   * @param peer the client's address, for people; null when it has none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Connection(long connection, String listener, String peer, List<Descriptor> fds)
      implements ToWorker {
    public Connection {
      Fields.require(listener, "listener");
      fds = Fields.list(fds, "fds");
    }
  }

  /** Asks for connections back that the plugin has not taken yet; answered by {@code refuse}. */
  record Recall(long id, Numbers connections) implements ToWorker {
    public Recall {
      Fields.connections(connections);
    }

    /** Of any list. */
    public Recall(long id, List<Long> connections) {
      this(id, Fields.numbers(connections, "connections"));
    }
  }

  /** Reserved: a connection with the state that a draining worker handed back. */
  record Resume(long connection, String listener, List<Descriptor> fds) implements ToWorker {
    public Resume {
      Fields.require(listener, "listener");
      fds = Fields.list(fds, "fds");
    }
  }

  /** Take no new work, finish the old, answer {@code drained}. */
  record Drain(long id, long deadlineMillis) implements ToWorker {}

  /** Exit within the deadline; TERM and then KILL follow. */
  record Stop(long id, long deadlineMillis) implements ToWorker {}

  /** Reserved: the answer to {@code rejoin}. */
  record Adopted(String worker, int generation) implements ToWorker {
    public Adopted {
      Fields.require(worker, "worker");
    }
  }

  /**
   * What an {@code open}, {@code connect} or {@code bind} asked for; the worker's alone. A refusal
   * is an {@code error} with the request's id.
   *
   * @param id of the request
   * @param fds exactly one
   */
  record Opened(long id, List<Descriptor> fds) implements ToWorker {
    public Opened {
      fds = Fields.list(fds, "fds");
      if (fds.size() != 1) {
        throw new IllegalArgumentException("field fds must name one descriptor");
      }
    }
  }

  /**
   * Another file for the worker's output: it is put on descriptors 1 and 2 in place of the old one,
   * which nothing is written to after the answer, {@code ok} or {@code error} with the id.
   *
   * @param fds exactly one, a file; the worker's alone
   */
  record Log(long id, List<Descriptor> fds) implements ToWorker {
    public Log {
      fds = Fields.list(fds, "fds");
      if (fds.size() != 1) {
        throw new IllegalArgumentException("field fds must name one descriptor");
      }
    }
  }
}
