package dev.baton.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One client: connects, writes a line, and reads everything up to the end of the connection. Also
 * after the answer it listens on, since a second greeting would come then.
 */
final class GreetingClient {
  private static final ByteBuffer LINE =
      ByteBuffer.wrap("bye\n".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();

  /** Who is told how it ended. */
  interface Owner {
    /** Called once, when the connection is closed. */
    void ended(GreetingClient client, GreetingOutcome outcome, String text);
  }

  final long due;
  final InetAddress source;

  private final Owner owner;
  private final boolean patient;
  private final SocketChannel channel;
  private final StringBuilder read = new StringBuilder();
  private SelectionKey key;
  private boolean written;
  private boolean done;

  /** Who greeted first; null before. */
  String worker;

  /** When the answer was whole; 0 before. */
  long answered;

  /**
   * @param due when the client should have come: its time counts from then on
   * @param source the address it comes from; null: the kernel chooses
   */
  GreetingClient(Owner owner, Target target, boolean patient, InetAddress source, long due)
      throws IOException {
    this.owner = owner;
    this.patient = patient;
    this.source = source;
    this.due = due;
    channel = SocketChannel.open(target.family());
    try {
      channel.configureBlocking(false);
      if (source != null) {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(new InetSocketAddress(source, 0));
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Begins; false when the queue of a UNIX-domain listener is full (connect(2), EAGAIN). */
  boolean connect(Target target, Selector selector) {
    try {
      boolean connected = channel.connect(target.address());
      key = channel.register(selector, SelectionKey.OP_CONNECT, this);
      if (connected) {
        connected();
      }
    } catch (IOException e) {
      if (target.isUnix() && ConnectFailure.text(e).contains("temporarily unavailable")) {
        close();
        return false;
      }
      connectFailed(e);
    }
    return true;
  }

  private void connected() {
    key.interestOps(SelectionKey.OP_READ);
    if (!patient) {
      write();
    }
  }

  private void write() {
    written = true;
    try {
      channel.write(LINE.duplicate()); // four bytes always fit
    } catch (IOException e) {
      // Reading says how it ended, after what was greeted meanwhile.
    }
  }

  /** Handles what the selector has found. */
  void ready(ByteBuffer buffer) {
    if (done) {
      return;
    }
    if (key.isValid() && key.isConnectable()) {
      try {
        channel.finishConnect();
        connected();
      } catch (IOException e) {
        connectFailed(e);
      }
      return;
    }
    try {
      for (int count = channel.read(buffer.clear()); count != 0; ) {
        if (count < 0) {
          end("end-of-file");
          return;
        }
        read.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
        if (!lines()) {
          return;
        }
        count = channel.read(buffer.clear());
      }
    } catch (IOException e) {
      end(e.toString());
    }
  }

  /** Takes the whole lines; false when that was the end. */
  private boolean lines() {
    for (int end = read.indexOf("\n"); end >= 0; end = read.indexOf("\n")) {
      var line = read.substring(0, end);
      read.delete(0, end + 1);
      var problem = problem(line);
      if (problem != null) {
        finish(problem, line + " after " + worker);
        return false;
      }
    }
    return true;
  }

  private GreetingOutcome problem(String line) {
    if (line.startsWith("+")) {
      if (worker != null) {
        return GreetingOutcome.SERVED_TWICE;
      }
      worker = line.substring(1);
      if (!written) {
        write();
      }
      return null;
    }
    if (!line.startsWith("=") || !line.endsWith(" bye") || worker == null || answered != 0) {
      return GreetingOutcome.BAD;
    }
    if (!line.equals("=" + worker + " bye")) {
      return GreetingOutcome.SERVED_TWICE;
    }
    answered = System.nanoTime();
    return null;
  }

  /** The connection came to its end. */
  private void end(String how) {
    if (answered != 0) {
      finish(GreetingOutcome.SERVED, how);
    } else if (worker != null || read.indexOf("+") == 0) {
      finish(GreetingOutcome.CUT_AFTER_GREETING, how + " after the greeting of " + worker);
    } else {
      finish(GreetingOutcome.CUT_BEFORE_GREETING, how + " before a greeting");
    }
  }

  private void connectFailed(IOException e) {
    switch (ConnectFailure.of(e)) {
      case RESET -> finish(GreetingOutcome.CUT_BEFORE_GREETING, "while connecting: " + e);
      case TIMED_OUT -> finish(GreetingOutcome.TIMEOUT, "while connecting: " + e);
      case LOCAL -> finish(GreetingOutcome.LATE, "could not connect: " + e);
      case REFUSED -> finish(GreetingOutcome.REFUSED, e.toString());
    }
  }

  /** Its time is over. */
  void expire() {
    var where = worker == null ? "not greeted" : "greeted by " + worker;
    finish(GreetingOutcome.TIMEOUT, answered == 0 ? where : "answered, and no end-of-file");
  }

  boolean isDone() {
    return done;
  }

  private void finish(GreetingOutcome outcome, String text) {
    if (!done) {
      close();
      owner.ended(this, outcome, text);
    }
  }

  /** Ends the connection uncounted. */
  void close() {
    done = true;
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing depends on how our own side ends.
    }
  }
}
