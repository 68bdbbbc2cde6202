package dev.baton.supervisor.store;

import static dev.baton.supervisor.store.Fixtures.POSIX;
import static dev.baton.supervisor.store.Fixtures.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.OwnedFd;
import dev.baton.supervisor.config.FileAccess;
import dev.baton.supervisor.config.FileConfig;
import dev.baton.testkit.FdLeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which held files a reload opens anew. */
@ExtendWith(FdLeakCheck.class)
class AcquiredTest {
  @TempDir Path folder;

  private static FdStore store(FileConfig... files) throws StoreException {
    return FdStore.open(POSIX, List.of(), List.of(files));
  }

  private static List<String> reload(FdStore store, FileConfig... files) throws StoreException {
    List<String> foreseen = store.marks().changed(POSIX, List.of(files));
    try (Acquired acquired = Acquired.open(POSIX, store.marks(), List.of(files), List.of())) {
      List<String> names = acquired.files();
      assertEquals(foreseen, names);
      store.adopt(acquired);
      return names;
    }
  }

  private static String content(FdStore store, String name) throws Exception {
    byte[] bytes = new byte[100];
    try (OwnedFd lent = store.lend(name)) {
      int read = lent.borrow(n -> POSIX.read(n, bytes));
      return new String(bytes, 0, read, StandardCharsets.UTF_8);
    }
  }

  @Test
  void onlyWhatIsAnotherFileOrHasOtherContent() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "one");
    Path log = folder.resolve("log");
    FileConfig[] both = {
      file("key", key, FileAccess.READ, false), file("log", log, FileAccess.APPEND, true)
    };
    try (FdStore store = store(both)) {
      assertEquals(List.of(), reload(store, both));
      Files.writeString(log, "written by a worker", StandardOpenOption.APPEND);
      assertEquals(List.of(), reload(store, both), "workers themselves write it");
      Path next = Files.writeString(folder.resolve("next"), "two");
      Files.setLastModifiedTime(next, Files.getLastModifiedTime(key));
      Files.move(next, key, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(List.of("key"), reload(store, both));
      assertEquals("two", content(store, "key"));
      Files.writeString(key, "six");
      Files.setLastModifiedTime(key, FileTime.fromMillis(1));
      assertEquals(List.of("key"), reload(store, both), "written in place");
      Files.move(log, folder.resolve("log.1"));
      assertEquals(List.of("log"), reload(store, both));
      assertTrue(Files.exists(log), "create: true makes it anew");
      assertEquals(List.of(), reload(store, both));
    }
  }

  @Test
  void anotherAccessOrPathIsAnotherFile() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "one");
    Path link = Files.createSymbolicLink(folder.resolve("link"), key);
    try (FdStore store = store(file("key", key, FileAccess.READ, false))) {
      assertEquals(List.of("key"), reload(store, file("key", key, FileAccess.READ_WRITE, false)));
      assertEquals(FileAccess.READ_WRITE, store.files().get(0).access());
      assertEquals(List.of("key"), reload(store, file("key", link, FileAccess.READ_WRITE, false)));
      assertEquals(link, store.files().get(0).path());
    }
  }

  @Test
  void oneThatCannotBeOpenedLeavesAll() throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "old");
    Path two = Files.writeString(folder.resolve("two"), "old");
    FileConfig[] both = {
      file("one", one, FileAccess.READ, false), file("two", two, FileAccess.READ, false)
    };
    try (FdStore store = store(both)) {
      Files.writeString(one, "other");
      Files.delete(two);
      StoreException failure = assertThrows(StoreException.class, () -> reload(store, both));
      assertEquals(1, failure.problems().size());
      assertTrue(
          failure.problems().get(0).startsWith("file two: " + two + ": "),
          failure.problems().get(0));
      assertEquals("old", content(store, "two"));
    }
  }
}
