package dev.baton.supervisor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.testkit.FdLeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class FolderTreesTest {
  private static final int FILES = 500;

  @TempDir Path folder;

  @Test
  void aTreeGoesAndWhatItsLinksNameStays() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createFile(outside.resolve("kept"));
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectories(root.resolve("a/b"));
    Files.createFile(root.resolve("a/b/file"));
    Files.createSymbolicLink(root.resolve("a/link"), outside);
    Files.createSymbolicLink(root.resolve("dangling"), folder.resolve("none"));
    FolderTrees.delete(root);
    assertFalse(Files.exists(root));
    Path link = Files.createSymbolicLink(folder.resolve("link"), outside);
    FolderTrees.delete(link);
    assertFalse(Files.isSymbolicLink(link));
    assertTrue(Files.exists(outside.resolve("kept")));
  }

  @Test
  void aFileGoesAndNothingIsFine() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    FolderTrees.delete(file);
    FolderTrees.delete(file);
    FolderTrees.delete(folder.resolve("none/none"));
    assertFalse(Files.exists(file));
  }

  @Test
  void whatIsNestedTooDeepIsAnError() throws Exception {
    Path root = folder.resolve("root");
    Path deep = root;
    for (int i = 0; i < 101; i++) {
      deep = deep.resolve("d");
    }
    Files.createDirectories(deep);
    String message = assertThrows(IOException.class, () -> FolderTrees.delete(root)).getMessage();
    assertEquals(deep.getParent() + " is nested too deep to be deleted by us", message);
    Files.delete(deep);
    Files.delete(deep.getParent());
    FolderTrees.delete(root);
    assertFalse(Files.exists(root));
  }

  /** Another process of a worker's user swaps a folder for a link, while we are in it. */
  @Test
  void aFolderThatBecomesALinkMeanwhileLeadsNowhere() throws Exception {
    Path outside = folder.resolve("outside");
    fill(outside);
    for (int round = 0; round < 10; round++) {
      Path root = Files.createDirectory(folder.resolve("root" + round));
      Path inner = root.resolve("inner");
      fill(inner);
      Path moved = folder.resolve("moved" + round);
      CompletableFuture<Void> swap = CompletableFuture.runAsync(() -> swap(inner, moved, outside));
      try {
        FolderTrees.delete(root);
      } catch (IOException e) { // the link that is there now is refused
        assertTrue(e.getMessage().startsWith(root + " cannot be deleted: "), e::getMessage);
      } finally {
        swap.join();
      }
      try (Stream<Path> kept = Files.list(outside)) {
        assertEquals(FILES, kept.count(), "round " + round);
      }
    }
  }

  private static void fill(Path folder) throws IOException {
    Files.createDirectory(folder);
    for (int i = 0; i < FILES; i++) {
      Files.createFile(folder.resolve("file" + i));
    }
  }

  /** Waits for the deletion to begin. */
  private static void swap(Path inner, Path moved, Path outside) {
    try {
      while (Files.exists(inner.resolve("file0")) && Files.exists(inner.resolve("file1"))) {
        Thread.onSpinWait();
      }
      Files.move(inner, moved, StandardCopyOption.ATOMIC_MOVE);
      Files.createSymbolicLink(inner, outside);
    } catch (IOException e) {
      return; // we were too late: it is deleted
    }
  }
}
