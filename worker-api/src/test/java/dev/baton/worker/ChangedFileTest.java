package dev.baton.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.protocol.Descriptor;
import dev.baton.protocol.ToSupervisor;
import dev.baton.protocol.ToWorker;
import dev.baton.sys.Constants;
import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Held files that the supervisor opens anew, seen by the plugin. */
@ExtendWith(FdLeakCheck.class)
class ChangedFileTest {
  private static final List<Descriptor> KEY = List.of(Descriptor.file("key", "read"));

  @TempDir Path dir;

  private static String text(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(100);
    file.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }

  /** Keeps what it is told, and says ready. */
  private static class Keeper implements Worker {
    final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    volatile WorkerContext context;
    volatile FileChannel first;

    @Override
    public void start(WorkerContext given) throws Exception {
      context = given;
      first = given.file("key");
      given.ready();
    }

    @Override
    public void onFileChanged(String name, FileChannel file) throws Exception {
      assertSame(file, context.file(name));
      told.add(name + " " + text(file) + (first.isOpen() ? ", old one open" : ""));
    }
  }

  private OwnedFd key(String content) throws Exception {
    Path path = Files.writeString(dir.resolve(content), content);
    return Sockets.file(path, Constants.O_RDONLY);
  }

  private static InProcess worker(Worker plugin, OwnedFd key) throws Exception {
    InProcess worker = new InProcess(plugin);
    worker.supervisor.welcome(Scripted.class.getName(), Map.of());
    worker.supervisor.offer(50, KEY, key);
    worker.supervisor.start();
    return worker;
  }

  private static void end(InProcess worker) throws Exception {
    worker.supervisor.send(new ToWorker.Stop(70, 1000));
    worker.assertExit(ExitCode.OK);
  }

  @Test
  void thePluginIsToldAndTheOldOneIsClosedThen() throws Exception {
    Keeper plugin = new Keeper();
    try (OwnedFd one = key("one");
        OwnedFd two = key("two");
        OwnedFd three = key("three");
        InProcess worker = worker(plugin, one)) {
      worker.supervisor.expect(ToSupervisor.Claim.class);
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.offer(51, KEY, two);
      assertEquals("key two, old one open", plugin.told.poll(20, TimeUnit.SECONDS));
      worker.supervisor.offer(52, KEY, three);
      assertEquals("key three", plugin.told.poll(20, TimeUnit.SECONDS));
      assertFalse(plugin.first.isOpen());
      end(worker);
    }
  }

  @Test
  void oneThatWasReadAndClosedIsToldOf() throws Exception {
    Keeper plugin =
        new Keeper() {
          @Override
          public void start(WorkerContext given) throws Exception {
            super.start(given);
            first.close();
          }
        };
    try (OwnedFd one = key("one");
        OwnedFd two = key("two");
        InProcess worker = worker(plugin, one)) {
      worker.supervisor.expect(ToSupervisor.Claim.class);
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.offer(51, KEY, two);
      assertEquals("key two", plugin.told.poll(20, TimeUnit.SECONDS));
      end(worker);
    }
  }

  @Test
  void oneThatNobodyHasAskedForIsReplacedInSilence() throws Exception {
    Keeper plugin = new Keeper();
    try (OwnedFd one = key("one");
        OwnedFd two = key("two");
        InProcess worker = new InProcess(plugin)) {
      worker.supervisor.welcome(Scripted.class.getName(), Map.of());
      worker.supervisor.offer(50, KEY, one);
      worker.supervisor.offer(51, KEY, two);
      worker.supervisor.start();
      worker.supervisor.expect(ToSupervisor.Claim.class);
      worker.supervisor.expect(ToSupervisor.Ready.class);
      assertEquals("two", text(plugin.first));
      end(worker);
      assertTrue(plugin.told.isEmpty());
    }
  }

  @Test
  void whatItThrowsIsAWarningAndItServesOn() throws Exception {
    Keeper plugin =
        new Keeper() {
          @Override
          public void onFileChanged(String name, FileChannel file) throws Exception {
            super.onFileChanged(name, file);
            throw new IllegalStateException("no good key");
          }
        };
    try (OwnedFd one = key("one");
        OwnedFd two = key("two");
        InProcess worker = worker(plugin, one)) {
      worker.supervisor.expect(ToSupervisor.Claim.class);
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.offer(51, KEY, two);
      String text = worker.supervisor.expect(ToSupervisor.Warning.class).text();
      assertTrue(text.startsWith("could not take over the changed file key: "), text);
      assertTrue(text.endsWith("no good key"), text);
      end(worker);
      assertFalse(plugin.first.isOpen());
    }
  }

  @Test
  void whatWaitsForTheEndOfTheStartIsToldOnce() throws Exception {
    Keeper plugin = new Keeper();
    BlockingQueue<String> gate = new LinkedBlockingQueue<>();
    Keeper slow =
        new Keeper() {
          @Override
          public void start(WorkerContext given) throws Exception {
            plugin.start(given);
            gate.take();
          }

          @Override
          public void onFileChanged(String name, FileChannel file) throws Exception {
            plugin.onFileChanged(name, file);
          }
        };
    try (OwnedFd one = key("one");
        OwnedFd two = key("two");
        OwnedFd three = key("three");
        InProcess worker = worker(slow, one)) {
      worker.supervisor.expect(ToSupervisor.Claim.class);
      worker.supervisor.expect(ToSupervisor.Ready.class);
      worker.supervisor.offer(51, KEY, two);
      worker.supervisor.offer(52, KEY, three);
      worker.supervisor.send(new ToWorker.Ping(9));
      worker.supervisor.expect(ToSupervisor.Pong.class);
      gate.add("go on");
      assertEquals("key three, old one open", plugin.told.poll(20, TimeUnit.SECONDS));
      end(worker);
      assertTrue(plugin.told.isEmpty());
    }
  }
}
