package dev.baton.supervisor.openserver;

import dev.baton.protocol.ErrorCode;
import dev.baton.protocol.OpenHow;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.openserver.Request.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one worker or client under its policy and limits. Every request gets one answer,
 * on the executor that the desk was made with, in no certain order; after {@link #close} none.
 * Thread-safe, and no method blocks.
 */
public final class OpenDesk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenDesk.class);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final OpenServer server;
  private final Requester who;
  private final PathPolicy paths;
  private final AddressPolicy connects;
  private final AddressPolicy binds;
  private final Executor answersOn;
  private final IntSupplier untaken;
  private final Quota quota;
  private final FairQueue.Lane lane = new FairQueue.Lane();
  private final Object lock = new Object();
  private List<Finished> finished = new ArrayList<>();
  private boolean delivering;
  private volatile boolean closed;
  private volatile boolean connecting;
  private long busyTold = System.nanoTime() - SECOND;
  private long busySince;

  OpenDesk(
      OpenServer server,
      Requester who,
      OpenPolicyConfig policy,
      Executor answersOn,
      IntSupplier untaken) {
    this.server = server;
    this.who = who;
    this.paths = new PathPolicy(policy.open());
    this.connects = new AddressPolicy(policy.connect(), "connect");
    this.binds = new AddressPolicy(policy.bind(), "bind");
    this.answersOn = answersOn;
    this.untaken = untaken;
    this.quota = new Quota(policy.limits(), OpenCount.of(who.pid()));
  }

  /** Opens a file. */
  public void open(String path, OpenHow how, Consumer<Answer> answer) {
    submit(new Request(Kind.OPEN, path, Objects.requireNonNull(how, "how"), answer));
  }

  /** Connects to {@code tcp://IP:PORT}, {@code udp://IP:PORT} or {@code unix:NAME}. */
  public void connect(String address, Consumer<Answer> answer) {
    submit(new Request(Kind.CONNECT, address, null, answer));
  }

  /** Binds {@code tcp://IP:PORT}, which then listens, or {@code udp://IP:PORT}. */
  public void bind(String address, Consumer<Answer> answer) {
    submit(new Request(Kind.BIND, address, null, answer));
  }

  private void submit(Request request) {
    long now = System.nanoTime();
    if (closed) {
      return;
    }
    String tooMuch = quota.begin(now, untaken.getAsInt());
    if (tooMuch != null) {
      auditBusy(request, tooMuch, now);
      put(request, Decision.refused(new Refusal(ErrorCode.BUSY, tooMuch)), false);
    } else {
      Work work = new Work(request);
      if (!server.openers().add(work)) {
        work.refuse(new Refusal(ErrorCode.BUSY, "the open server has ended"));
      }
    }
  }

  /** One a second: a flood must not push all else out of a bounded log. */
  private void auditBusy(Request request, String why, long now) {
    long more;
    synchronized (lock) {
      busySince++;
      if (now - busyTold < SECOND) {
        return;
      }
      busyTold = now;
      more = busySince - 1;
      busySince = 0;
    }
    String reason = ErrorCode.BUSY + " " + why;
    server
        .audit()
        .decided(
            who,
            request.words(),
            "refused",
            more == 0 ? reason : reason + "; " + more + " more were refused so");
  }

  /** One request that was let in. */
  final class Work implements FairQueue.Task {
    private final Request request;
    private final AtomicBoolean decided = new AtomicBoolean();
    private boolean reserved;

    Work(Request request) {
      this.request = request;
    }

    @Override
    public FairQueue.Lane lane() {
      return lane;
    }

    @Override
    public void run(PathOpener opener) {
      try {
        String full = quota.reserve();
        if (full != null) {
          refuse(new Refusal(ErrorCode.BUSY, full));
          return;
        }
        reserved = true;
        attempt(opener);
      } catch (RuntimeException | AssertionError e) {
        LOG.error("a request to the open server failed; this is a defect of Baton", e);
        refuse(new Refusal(ErrorCode.SYSTEM, "the open server failed; its log says more"));
      }
    }

    private void attempt(PathOpener opener) {
      try {
        switch (request.kind()) {
          case OPEN -> {
            Wish wish = Wish.of(request.how());
            server.checkSupported();
            decide(opener.open(paths, request.target(), wish));
          }
          case CONNECT -> {
            connecting = true;
            server.connector().connect(connects, request.target(), OpenDesk.this, this::decide);
          }
          case BIND -> decide(server.binder().bind(binds, request.target()));
        }
      } catch (Refusal e) {
        refuse(e);
      }
    }

    @Override
    public void refuse(Refusal why) {
      decide(Decision.refused(why));
    }

    private void decide(Decision decision) {
      if (!decided.compareAndSet(false, true)) {
        decision.abandon();
        return;
      }
      boolean given = decision.answer() instanceof Answer.Given;
      if (reserved && !given) {
        quota.release();
      }
      String verdict = given ? "allowed" : "refused";
      server.audit().decided(who, request.words(), verdict, decision.reason());
      put(request, decision, true);
    }
  }

  /**
   * An answer that waits to be delivered.
   *
   * @param counted whether it was let in
   */
  private record Finished(Consumer<Answer> to, Decision decision, boolean counted) {}

  private void put(Request request, Decision decision, boolean counted) {
    boolean post;
    synchronized (lock) {
      if (closed) {
        decision.abandon();
        return;
      }
      finished.add(new Finished(request.answer(), decision, counted));
      post = !delivering;
      delivering = true;
    }
    if (post) {
      post();
    }
  }

  private void post() {
    try {
      answersOn.execute(this::deliver);
    } catch (RuntimeException e) { // it may have been queued, and only the waking failed
      LOG.warn("answers of the open server to {}: {}; tried again", who.name(), e.getMessage());
      try {
        answersOn.execute(this::deliver);
      } catch (RuntimeException again) {
        LOG.warn("answers of the open server to {} are lost: {}", who.name(), again.getMessage());
        close();
      }
    }
  }

  private void deliver() {
    List<Finished> batch;
    synchronized (lock) {
      batch = finished;
      finished = new ArrayList<>();
      delivering = false;
    }
    for (Finished each : batch) {
      if (each.counted) {
        quota.end();
      }
      if (closed) {
        each.decision.abandon();
        continue;
      }
      try {
        each.to.accept(each.decision.answer());
      } catch (RuntimeException | AssertionError e) {
        LOG.error("an answer of the open server was not taken; this is a defect of Baton", e);
      }
    }
  }

  /** Abandons what is under way: there are no answers any more, late descriptors are closed. */
  @Override
  public void close() {
    List<Finished> abandoned;
    long untold;
    synchronized (lock) {
      closed = true;
      abandoned = finished;
      finished = new ArrayList<>();
      untold = busySince;
      busySince = 0;
    }
    if (untold > 0) {
      String reason = ErrorCode.BUSY + " over its limits, since the last line of this kind";
      server.audit().decided(who, untold + " requests", "refused", reason);
    }
    abandoned.forEach(each -> each.decision.abandon());
    server.forget(lane);
    if (connecting) {
      server.connector().forget(this);
    }
  }

  /** Whether nobody waits for answers any more. */
  boolean isClosed() {
    return closed;
  }
}
