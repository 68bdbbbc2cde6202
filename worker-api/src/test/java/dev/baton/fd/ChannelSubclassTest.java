package dev.baton.fd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class ChannelSubclassTest {
  @TempDir Path folder;

  private static ChannelSubclass subclass() throws ClassNotFoundException {
    return ChannelSubclass.of(
            "BatonTestSocketChannel",
            JdkInternals.type("SocketChannelImpl"),
            SelectorProvider.class)
        .override("getRemoteAddress", SocketAddress.class);
  }

  @Test
  void isDefinedOnce() throws Exception {
    assertSame(subclass().define(), subclass().define());
  }

  /** As a plugin may, whose class loader has another copy of this library. */
  private static final class Copies extends ClassLoader {
    Copies() {
      super(ChannelSubclassTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.baton.fd.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : copy(name);
    }

    private Class<?> copy(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = getParent().getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  /** What a copy of this library is asked to do. */
  static final class Client {
    private Client() {}

    static void closeOne(Path folder, Runnable closed) throws IOException {
      try (TestListener listener = new TestListener("127.0.0.1", folder);
          SocketChannel client = listener.connect()) {
        Adoption.socket(listener.accept(), client.getLocalAddress(), closed).close();
        TestListener.read(client, 1);
      }
    }
  }

  @Test
  void twoCopiesOfThisLibraryShareTheClass() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    Client.closeOne(folder, closed::incrementAndGet);
    Class<?> other = new Copies().loadClass(Client.class.getName());
    assertNotSame(Client.class, other);
    var method = other.getDeclaredMethod("closeOne", Path.class, Runnable.class);
    method.setAccessible(true);
    method.invoke(null, folder, (Runnable) closed::incrementAndGet);
    assertEquals(2, closed.get());
  }
}
