package dev.baton.e2e.kit;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.io.TempDir;

/**
 * After each test: the test JVM has no socket, pipe or file of the test's folders open that it did
 * not have before, no child process, alive or zombie, that the test started, and there is no new
 * socket file in the test's folders. Closes that take a moment have five seconds.
 *
 * <p>The test's folders are its {@link TempDir} fields and parameters. Not for tests that run in
 * parallel in one JVM.
 */
public final class LeakCheckExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, InvocationInterceptor {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(LeakCheckExtension.class);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** What is remembered from before a test. */
  private record Before(Footprint footprint, Set<Path> folders) {}

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    // What the JDK opens once and keeps (such as the socket that a closing descriptor is replaced
    // by) is there before.
    try (var server = ServerSocketChannel.open().bind(null);
        var client = SocketChannel.open(server.getLocalAddress());
        var accepted = server.accept();
        var datagram = DatagramChannel.open();
        var selector = Selector.open()) {
      client.configureBlocking(false);
      selector.selectNow();
      datagram.disconnect();
      accepted.shutdownInput();
    }
    var pipe = Pipe.open();
    pipe.sink().close();
    pipe.source().close();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    var folders = new LinkedHashSet<Path>();
    for (var instance : context.getRequiredTestInstances().getAllInstances()) {
      for (Class<?> type = instance.getClass(); type != null; type = type.getSuperclass()) {
        for (var field : type.getDeclaredFields()) {
          if (field.isAnnotationPresent(TempDir.class)) {
            add(folders, valueOf(field, instance));
          }
        }
      }
    }
    context.getStore(SPACE).put(Before.class, new Before(Footprint.ofThisJvm(folders), folders));
  }

  private static Object valueOf(Field field, Object instance) throws IllegalAccessException {
    field.setAccessible(true);
    return field.get(Modifier.isStatic(field.getModifiers()) ? null : instance);
  }

  private static void add(Set<Path> folders, Object value) throws IOException {
    var path = value instanceof File file ? file.toPath() : value;
    if (path instanceof Path folder && Files.isDirectory(folder)) {
      folders.add(folder.toRealPath());
    }
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    var before = context.getStore(SPACE).get(Before.class, Before.class);
    var parameters = method.getExecutable().getParameters();
    for (int i = 0; i < parameters.length; i++) {
      if (before != null && parameters[i].isAnnotationPresent(TempDir.class)) {
        add(before.folders, method.getArguments().get(i));
      }
    }
    invocation.proceed();
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    interceptTestMethod(invocation, method, context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    var before = context.getStore(SPACE).remove(Before.class, Before.class);
    if (before != null) {
      check(before.footprint, before.folders, CLOSING);
    }
  }

  /** Fails with the difference unless everything is as before by the deadline. */
  static void check(Footprint before, Set<Path> folders, Duration atMost) throws Exception {
    var last = new Object[] {List.of()};
    boolean clean =
        Deadline.met(
            atMost,
            () -> {
              var grown = Footprint.ofThisJvm(folders).grownSince(before, folders);
              last[0] = grown;
              return grown.isEmpty();
            });
    if (!clean) {
      var lines = ((List<?>) last[0]).stream().map(line -> "  " + line).toList();
      throw new AssertionError("the test left behind:\n" + String.join("\n", lines));
    }
  }
}
