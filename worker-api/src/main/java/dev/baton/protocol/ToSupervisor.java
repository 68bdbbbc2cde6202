package dev.baton.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** What a worker says to its supervisor. */
public sealed interface ToSupervisor extends Message
    permits ToSupervisor.Hello,
        ToSupervisor.Loaded,
        ToSupervisor.Claim,
        ToSupervisor.Ready,
        ToSupervisor.Failed,
        ToSupervisor.Warning,
        ToSupervisor.Status,
        ToSupervisor.Pong,
        ToSupervisor.Revoked,
        ToSupervisor.Refuse,
        ToSupervisor.Closed,
        ToSupervisor.HandBack,
        ToSupervisor.Drained,
        ToSupervisor.Rejoin,
        ToSupervisor.Asking,
        Reply {

  /**
   * The first message on a new channel.
   *
   * @param protocol {@code MAJOR.MINOR} that the worker speaks
   * @param pid of the worker, for logs; what the kernel says counts
   * @param sdk name and version of the worker's library, for logs
   */
  record Hello(String protocol, int pid, String sdk) implements ToSupervisor {
    public Hello {
      Fields.require(protocol, "protocol");
      Fields.positive(pid, "pid");
      sdk = Limits.text(sdk);
    }
  }

  /** The plugin's class is there and made; it has not been started. */
  record Loaded(String plugin) implements ToSupervisor {
    public Loaded {
      plugin = Limits.text(plugin);
    }
  }

  /**
   * The plugin has taken these over: offers by name, connections by number.
   *
   * @param names offers that the plugin asked for
   * @param connections connections whose handling has begun
   */
  record Claim(List<String> names, Numbers connections) implements ToSupervisor {
    public Claim {
      names = names == null ? List.of() : Fields.list(names, "names");
      connections = connections == null ? Numbers.NONE : Fields.connections(connections);
    }

    /** Of any list. */
    public Claim(List<String> names, List<Long> connections) {
      this(names, Fields.numbers(connections, "connections"));
    }
  }

  /** "I serve": once, after {@code start}; the only proof of readiness. */
  record Ready() implements ToSupervisor {}

  /**
   * The worker gives up, and exits.
   *
   * @param stage what it was doing: load, start, drain, stop
   * @param code a number of {@link ErrorCode}
   * @param text why, for the operator
   */
  record Failed(String stage, int code, String text) implements ToSupervisor {
    public Failed {
      stage = Limits.text(Fields.require(stage, "stage"));
      text = Limits.text(Fields.require(text, "text"));
    }
  }

  /** Something the operator should know; the worker goes on. */
  record Warning(String text) implements ToSupervisor {
    public Warning {
      text = Limits.text(Fields.require(text, "text"));
    }
  }

  /** The plugin's own one-line state, for {@code baton status}. */
  record Status(String text) implements ToSupervisor {
    public Status {
      text = Limits.text(Fields.require(text, "text"));
    }
  }

  /**
   * The answer to {@code ping}; only the newest unanswered one needs an answer.
   *
   * @param work what the worker has done so far; null where it does not count
   * @param jvm what its JVM needs; null where there is none, or it does not tell
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Pong(long seq, Work work, Jvm jvm) implements ToSupervisor {
    /** Without figures. */
    public Pong(long seq) {
      this(seq, null, null);
    }
  }

  /**
   * Memory and garbage collection of a worker's JVM.
   *
   * @param heapUsed bytes, garbage included
   * @param heapCommitted bytes that it has of the kernel for its heap
   * @param heapMax bytes that it may have
   * @param collections of garbage since its start
   * @param collectionMillis spent in them
   */
  record Jvm(
      long heapUsed, long heapCommitted, long heapMax, long collections, long collectionMillis) {
    public Jvm {
      Fields.notNegative(heapUsed, "heapUsed");
      Fields.notNegative(heapCommitted, "heapCommitted");
      Fields.notNegative(heapMax, "heapMax");
      Fields.notNegative(collections, "collections");
      Fields.notNegative(collectionMillis, "collectionMillis");
    }

    /** Each may be absent, as those are that a later version adds. */
    @JsonCreator
    static Jvm read(
        @JsonProperty("heapUsed") Long heapUsed,
        @JsonProperty("heapCommitted") Long heapCommitted,
        @JsonProperty("heapMax") Long heapMax,
        @JsonProperty("collections") Long collections,
        @JsonProperty("collectionMillis") Long collectionMillis) {
      return new Jvm(
          Fields.or0(heapUsed),
          Fields.or0(heapCommitted),
          Fields.or0(heapMax),
          Fields.or0(collections),
          Fields.or0(collectionMillis));
    }
  }

  /**
   * What a worker has done since its start. What it does not count is 0.
   *
   * @param connections accepted by itself, or taken over from the supervisor
   * @param requests that are over
   * @param failed those of them that did not go well
   * @param requestNanos how long all of them took together
   */
  record Work(long connections, long requests, long failed, long requestNanos) {
    /** Nothing, or nothing is known. */
    public static final Work NONE = new Work(0, 0, 0, 0);

    public Work {
      Fields.notNegative(connections, "connections");
      Fields.notNegative(requests, "requests");
      Fields.notNegative(failed, "failed");
      Fields.notNegative(requestNanos, "requestNanos");
    }

    /** Each may be absent, as those are that a later version adds. */
    @JsonCreator
    static Work read(
        @JsonProperty("connections") Long connections,
        @JsonProperty("requests") Long requests,
        @JsonProperty("failed") Long failed,
        @JsonProperty("requestNanos") Long requestNanos) {
      return new Work(
          Fields.or0(connections),
          Fields.or0(requests),
          Fields.or0(failed),
          Fields.or0(requestNanos));
    }
  }

  /** The answer to {@code revoke}. */
  record Revoked(long id) implements ToSupervisor {}

  /** Connections that the plugin did not take; the supervisor's copies go to other workers. */
  record Refuse(Numbers connections) implements ToSupervisor {
    public Refuse {
      Fields.connections(connections);
    }

    /** Of any list. */
    public Refuse(List<Long> connections) {
      this(Fields.numbers(connections, "connections"));
    }
  }

  /** Claimed connections that are closed now. */
  record Closed(Numbers connections) implements ToSupervisor {
    public Closed {
      Fields.connections(connections);
    }

    /** Of any list. */
    public Closed(List<Long> connections) {
      this(Fields.numbers(connections, "connections"));
    }
  }

  /** Reserved: a connection with its state, for a worker of the next generation. */
  record HandBack(long connection, String listener, List<Descriptor> fds) implements ToSupervisor {
    public HandBack {
      Fields.require(listener, "listener");
      fds = Fields.list(fds, "fds");
    }
  }

  /** The answer to {@code drain}: nothing is in work any more. */
  record Drained(long id) implements ToSupervisor {}

  /**
   * Reserved: the first message of an orphan on the adoption socket.
   *
   * @param draining whether a drain had begun
   * @param connections claimed and not closed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Rejoin(
      String protocol,
      String worker,
      int generation,
      @JsonProperty("secret") String secret,
      boolean draining,
      List<Long> connections,
      Map<String, Object> details,
      List<Descriptor> fds)
      implements ToSupervisor {
    public Rejoin {
      Fields.require(protocol, "protocol");
      Fields.require(worker, "worker");
      Fields.require(secret, "secret");
      connections = connections == null ? List.of() : Fields.list(connections, "connections");
      fds = fds == null ? List.of() : Fields.list(fds, "fds");
    }

    @Override
    public String toString() {
      return "Rejoin[" + worker + ", generation " + generation + "]";
    }
  }

  /**
   * Asks for a descriptor that this worker may not or cannot make itself; answered by {@code
   * opened} or {@code error}, in any order.
   */
  sealed interface Asking extends ToSupervisor permits Open, Connect, Bind {
    /** Of the request; the worker's choice. */
    long id();
  }

  /** Asks for a file to be opened. */
  record Open(long id, String path, OpenHow how) implements Asking {
    public Open {
      Fields.require(path, "path");
      Fields.require(how, "how");
    }
  }

  /**
   * Asks for a connection.
   *
   * @param address {@code tcp://IP:PORT}, {@code unix:/path} or {@code unix:@name}
   */
  record Connect(long id, String address) implements Asking {
    public Connect {
      Fields.require(address, "address");
    }
  }

  /**
   * Asks for a bound socket.
   *
   * @param address {@code tcp://IP:PORT}, which comes listening, or {@code udp://IP:PORT}
   */
  record Bind(long id, String address) implements Asking {
    public Bind {
      Fields.require(address, "address");
    }
  }
}
