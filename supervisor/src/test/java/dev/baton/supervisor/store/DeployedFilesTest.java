package dev.baton.supervisor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployedFilesTest {
  @TempDir private Path folder;

  private Path jar(String name) throws IOException {
    Path jar = folder.resolve(name);
    Files.createDirectories(jar.getParent());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry("a/B.class"));
    }
    return jar;
  }

  private String refusal(Path path) {
    return assertThrows(ReleaseException.class, () -> DeployedFiles.classPath(path)).getMessage();
  }

  @Test
  void aJarAlone() throws Exception {
    Path jar = jar("x.jar");
    assertEquals(List.of(jar.toString()), DeployedFiles.classPath(jar));
  }

  @Test
  void aFolderOfJarsAndTheirLibraries() throws Exception {
    Path b = jar("app/b.jar");
    Path a = jar("app/a.jar");
    Path lib = jar("app/lib/c.jar");
    Path app = folder.resolve("app");
    assertEquals(List.of(a.toString(), b.toString(), lib.toString()), DeployedFiles.classPath(app));
    Files.createFile(app.resolve("X.class"));
    assertEquals(app.toString(), DeployedFiles.classPath(app).get(0));
  }

  @Test
  void anythingElseIsRefused() throws IOException {
    assertTrue(refusal(folder.resolve("no")).endsWith("/no does not exist"));
    Path text = Files.writeString(folder.resolve("t.jar"), "text");
    assertTrue(refusal(text).contains("t.jar is no jar"), refusal(text));
    assertTrue(refusal(folder).contains("t.jar is no jar"), refusal(folder));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertTrue(refusal(empty).endsWith("neither jars nor classes in it"));
  }
}
