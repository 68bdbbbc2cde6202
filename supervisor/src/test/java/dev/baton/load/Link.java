package dev.baton.load;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection, as a state machine that the generator's thread drives:
 *
 * <pre>
 *   CONNECTING -> BUSY <-> IDLE      (keep-alive: IDLE waits for the next request)
 *        |          |        |
 *        |          v        |
 *        |      LINGERING    |       (the last response was whole; waits for the server's close)
 *        v          v        v
 *        +------> CLOSED <---+
 * </pre>
 */
final class Link {
  enum State {
    CONNECTING,
    BUSY,
    IDLE,
    LINGERING,
    CLOSED
  }

  /** How an attempt to connect has begun. */
  enum Begun {
    /** The exchange is under way, or already counted. */
    YES,
    /** The queue of the listener is full, which on a UNIX-domain socket is EAGAIN: ask again. */
    AGAIN
  }

  private final PlanRun run;
  private final SocketChannel channel;
  private SelectionKey key;
  private State state = State.CONNECTING;
  private Exchange exchange;
  private ResponseParser parser;
  private ByteBuffer out;
  private boolean used;
  private boolean announced;

  /** When a lingering connection is closed from our side. */
  long lingerUntil;

  Link(PlanRun run) throws IOException {
    this.run = run;
    channel = SocketChannel.open(run.plan.target().family());
    try {
      channel.configureBlocking(false);
      if (!run.plan.target().isUnix()) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  State state() {
    return state;
  }

  /** Connects for this exchange, and sends it as soon as that is done. */
  Begun connect(Exchange first) {
    exchange = first;
    exchange.link = this;
    parser = new ResponseParser(run.plan.observer().isPresent());
    out = run.request.duplicate();
    try {
      boolean connected = channel.connect(run.plan.target().address());
      key = channel.register(run.selector, SelectionKey.OP_CONNECT, this);
      if (connected) {
        connected();
      }
    } catch (IOException e) {
      // connect(2), EAGAIN: said of UNIX-domain sockets alone, which are never "in progress".
      if (run.plan.target().isUnix()
          && ConnectFailure.text(e).contains("temporarily unavailable")) {
        exchange.link = null;
        close();
        return Begun.AGAIN;
      }
      connectFailed(e);
    }
    return Begun.YES;
  }

  /** Sends the next request over an idle connection. */
  void send(Exchange next) {
    exchange = next;
    exchange.link = this;
    parser = new ResponseParser(run.plan.observer().isPresent());
    out = run.request.duplicate();
    state = State.BUSY;
    write();
  }

  /** Handles what the selector has found. */
  void ready(ByteBuffer buffer) {
    if (!key.isValid()) {
      return;
    }
    if (key.isConnectable()) {
      try {
        channel.finishConnect();
        connected();
      } catch (IOException e) {
        connectFailed(e);
      }
      return;
    }
    // Reading first: an answer that was sent before a reset must not be lost to a failing write.
    if (key.isReadable()) {
      read(buffer);
    }
    if (state == State.BUSY && key.isValid() && key.isWritable()) {
      write();
    }
  }

  /**
   * Ends the connection from our side; safe to call again. The exchange is for the caller to count.
   */
  void close() {
    state = State.CLOSED;
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing depends on how our own side ends, and what there was to count is counted.
    }
  }

  private void connected() {
    state = State.BUSY;
    key.interestOps(SelectionKey.OP_READ);
    write();
  }

  private void connectFailed(IOException e) {
    switch (ConnectFailure.of(e)) {
      case RESET -> fail(Outcome.RESET, "while connecting: " + e);
      case TIMED_OUT -> fail(Outcome.TIMEOUT, "while connecting: " + e);
      case LOCAL -> fail(Outcome.LATE, "could not connect: " + e);
      case REFUSED -> fail(Outcome.REFUSED, e.toString());
    }
  }

  private void write() {
    try {
      channel.write(out);
      key.interestOps(
          out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    } catch (IOException e) {
      ended(e);
    }
  }

  private void read(ByteBuffer buffer) {
    int count;
    do {
      buffer.clear();
      try {
        count = channel.read(buffer);
      } catch (IOException e) {
        ended(e);
        return;
      }
      if (count > 0) {
        received(buffer.flip());
      }
    } while (count == buffer.capacity() && state != State.CLOSED);
    if (count < 0 && state != State.CLOSED) {
      ended(null);
    }
  }

  private void received(ByteBuffer bytes) {
    if (state == State.LINGERING) {
      return;
    }
    if (state == State.IDLE) {
      close();
      run.closedIdle(this, "bytes came without a request");
      return;
    }
    try {
      if (parser.feed(bytes)) {
        if (bytes.hasRemaining()) {
          fail(Outcome.CUT, bytes.remaining() + " bytes after the end of the response");
        } else {
          complete();
        }
      }
    } catch (IOException e) {
      fail(Outcome.CUT, e.toString());
    }
  }

  /** The server closed the connection, by end-of-file (null) or with an error. */
  private void ended(IOException e) {
    var how = e == null ? "end-of-file" : e.toString();
    switch (state) {
      case IDLE -> {
        close();
        run.closedIdle(this, how + " on an idle connection, unannounced");
      }
      case LINGERING -> {
        close();
        run.lingered(this, announced);
      }
      case BUSY -> {
        if (e == null && parser.started() && parser.endOfFile()) {
          complete();
          close();
          run.lingered(this, announced);
          return;
        }
        if (used && !parser.started()) {
          run.closedUnderRequest(how + " on a used connection, unannounced, as a request was sent");
        }
        var where = parser.started() ? " in the middle of a response" : " before any response";
        fail(isReset(e) ? Outcome.RESET : Outcome.CUT, how + where);
      }
      default -> close();
    }
  }

  private static boolean isReset(IOException e) {
    if (e == null) {
      return false;
    }
    var text = ConnectFailure.text(e);
    return text.contains("reset") || text.contains("broken pipe") || text.contains("abort");
  }

  private void complete() {
    var finished = exchange;
    exchange = null;
    announced = parser.announcesClose();
    used = true;
    boolean last = announced || run.plan.style() == LoadPlan.Style.NEW_CONNECTION;
    state = last ? State.LINGERING : State.IDLE;
    run.answered(this, finished, parser);
  }

  private void fail(Outcome outcome, String text) {
    var failed = exchange;
    exchange = null;
    close();
    run.failed(this, failed, outcome, text);
  }

  /** The deadline of the exchange has passed. */
  void expire() {
    var where =
        state == State.CONNECTING
            ? "not connected"
            : parser.started() ? "the response is not whole" : "no response";
    fail(Outcome.TIMEOUT, where + " after " + run.plan.timeout().toMillis() + " ms");
  }
}
