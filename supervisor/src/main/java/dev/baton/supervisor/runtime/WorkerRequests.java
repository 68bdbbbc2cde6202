package dev.baton.supervisor.runtime;

import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToSupervisor;
import dev.baton.supervisor.config.OpenPolicyConfig;
import dev.baton.supervisor.core.WorkerId;
import dev.baton.supervisor.openserver.Answer;
import dev.baton.supervisor.openserver.OpenDesk;
import dev.baton.supervisor.openserver.Requester;
import dev.baton.supervisor.session.WorkerSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What one worker asks of the open server (APUE 17.5), and the answers on its channel. Only for the
 * loop's thread.
 */
final class WorkerRequests implements AutoCloseable {
  private static final int UNKNOWN = -1;

  private final Surroundings around;
  private final Supplier<WorkerId> id;
  private final int pid;
  private final OpenPolicyConfig policy;
  private final WorkerSession session;
  private final Runnable afterSending;
  private OpenDesk desk;

  /**
   * @param id who asks
   * @param policy of the worker's pool
   * @param afterSending to be called after anything was sent
   */
  WorkerRequests(
      Surroundings around,
      Supplier<WorkerId> id,
      int pid,
      OpenPolicyConfig policy,
      WorkerSession session,
      Runnable afterSending) {
    this.around = around;
    this.id = id;
    this.pid = pid;
    this.policy = policy;
    this.session = session;
    this.afterSending = afterSending;
  }

  void asked(ToSupervisor.Asking request) {
    if (desk == null) {
      desk = around.openServer().desk(requester(), policy, around.loop(), session::queued);
    }
    if (request instanceof ToSupervisor.Open open) {
      desk.open(open.path(), open.how(), a -> answer(open.id(), open.path(), a));
    } else if (request instanceof ToSupervisor.Connect connect) {
      desk.connect(connect.address(), a -> answer(connect.id(), connect.address(), a));
    } else if (request instanceof ToSupervisor.Bind bind) {
      desk.bind(bind.address(), a -> answer(bind.id(), bind.address(), a));
    }
  }

  /**
   * Whose process it is by now: SO_PEERCRED of a socketpair names the supervisor, which made it,
   * and the worker's command may have changed its user since.
   */
  private Requester requester() {
    Path process = Path.of("/proc", String.valueOf(pid));
    return new Requester(
        id.get().toString(), pid, attribute(process, "unix:uid"), attribute(process, "unix:gid"));
  }

  private static int attribute(Path process, String name) {
    try {
      return (Integer) Files.getAttribute(process, name);
    } catch (IOException e) {
      return UNKNOWN; // it has ended, and nobody will hear the answer
    }
  }

  private void answer(long request, String what, Answer answer) {
    if (answer instanceof Answer.Given given) {
      session.opened(
          request, new Descriptor(given.kind(), what, null, null, null, null), given.fd());
    } else if (answer instanceof Answer.Refused refused) {
      session.refuse(request, refused.code(), refused.text());
    }
    afterSending.run();
  }

  /** What is under way is given up. */
  @Override
  public void close() {
    if (desk != null) {
      desk.close();
    }
  }
}
