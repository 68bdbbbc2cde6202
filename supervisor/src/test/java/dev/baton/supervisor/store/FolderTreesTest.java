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
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(FdLeakCheck.class)
class FolderTreesTest {
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

  /** Another process of a worker's user swaps a folder for a link, again and again. */
  @Test
  void aFolderThatBecomesALinkMeanwhileLeadsNowhere() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path kept = Files.createFile(outside.resolve("file"));
    AtomicBoolean over = new AtomicBoolean();
    Path root = folder.resolve("root");
    CompletableFuture<Integer> swapping =
        CompletableFuture.supplyAsync(() -> swap(root, outside, over));
    for (int i = 0; i < 300; i++) {
      try {
        Files.createDirectories(root.resolve("a"));
        Files.createFile(root.resolve("a/file"));
      } catch (IOException e) {
        // the link is there, or was: through it, "file" has been there all the time
      }
      try {
        FolderTrees.delete(root);
      } catch (IOException e) {
        // it was swapped at this moment, which is refused
      }
      assertTrue(Files.exists(kept), "round " + i);
    }
    over.set(true);
    assertTrue(swapping.get() > 0, "never swapped");
    FolderTrees.delete(root);
  }

  private static int swap(Path root, Path outside, AtomicBoolean over) {
    int swapped = 0;
    while (!over.get()) {
      try {
        Files.move(root.resolve("a"), root.resolve("b"), StandardCopyOption.ATOMIC_MOVE);
        Files.createSymbolicLink(root.resolve("a"), outside);
        swapped++;
        Files.delete(root.resolve("a"));
        Files.move(root.resolve("b"), root.resolve("a"), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        Thread.onSpinWait(); // it is deleted just now
      }
    }
    return swapped;
  }
}
