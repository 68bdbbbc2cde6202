package dev.baton.supervisor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseStoreTest {
  @TempDir Path folder;
  private Path releases;
  private Path build;
  private ReleaseStore store;

  @BeforeEach
  void make() throws IOException {
    releases = Files.createDirectory(folder.resolve("releases"));
    build = Files.createDirectory(folder.resolve("build"));
    store = new ReleaseStore(releases);
  }

  private Path jar(String name, String content) throws IOException {
    Path jar = build.resolve(name);
    Files.createDirectories(jar.getParent());
    return Files.writeString(jar, content);
  }

  private Release snapshot(Object... entries) throws ReleaseException {
    return store.snapshot("hello", Stream.of(entries).map(Object::toString).toList());
  }

  private static List<String> names(Release release) {
    return release.classPath().stream().map(p -> p.getFileName().toString()).toList();
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> all = Files.list(releases.resolve("hello"))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anOverwrittenJarDoesNotChangeARelease() throws Exception {
    Path jar = jar("app.jar", "one");
    Release first = snapshot(jar);
    assertEquals(List.of("00-app.jar"), names(first));
    Files.writeString(jar, "two");
    assertEquals("one", Files.readString(first.classPath().get(0)));
    Release second = snapshot(jar);
    assertNotEquals(first.hash(), second.hash());
    assertEquals("two", Files.readString(second.classPath().get(0)));
    assertEquals("one", Files.readString(first.classPath().get(0)));
    Files.writeString(jar, "one");
    assertEquals(first, snapshot(jar));
    assertEquals(2, kept().size());
  }

  @Test
  void jarsFoldersAndGlobsInOrder() throws Exception {
    jar("lib/b.jar", "b");
    jar("lib/a.jar", "a");
    jar("lib/a-1.jar", "a1");
    jar("lib/readme.txt", "r");
    jar("lib/.hidden.jar", "h");
    Path app = jar("app.jar", "x");
    jar("classes/x/Y.class", "y");
    jar("classes/META-INF/services/s", "s");
    Path classes = build.resolve("classes");
    Release release = snapshot(classes, build.resolve("lib/*.jar"), app, build.resolve("lib/*"));
    assertEquals(
        List.of(
            "00-classes",
            "01-a-1.jar",
            "02-a.jar",
            "03-b.jar",
            "04-app.jar",
            "05-a-1.jar",
            "06-a.jar",
            "07-b.jar"),
        names(release));
    assertEquals("y", Files.readString(release.classPath().get(0).resolve("x/Y.class")));
    assertEquals("s", Files.readString(release.classPath().get(0).resolve("META-INF/services/s")));
    assertEquals(List.of("00-a-1.jar", "01-a.jar"), names(snapshot(build.resolve("lib/a*"))));
    assertEquals(16, release.hash().length());
    assertTrue(release.classPath().get(0).startsWith(releases.resolve("hello")));
  }

  @Test
  void namesOrderAndPlacesCount() throws Exception {
    Path a = jar("a.jar", "same");
    Path b = jar("b.jar", "same");
    Set<String> hashes =
        Set.of(
            snapshot(a).hash(),
            snapshot(b).hash(),
            snapshot(a, b).hash(),
            snapshot(b, a).hash(),
            snapshot().hash());
    assertEquals(5, hashes.size());
    Path empty = Files.createDirectory(build.resolve("empty"));
    Release release = snapshot(empty);
    assertTrue(Files.isDirectory(release.classPath().get(0)));
    assertFalse(hashes.contains(release.hash()));
  }

  @Test
  void othersCanReadAndNobodyCanWrite() throws Exception {
    jar("classes/x/Y.class", "y");
    Path copy = snapshot(build.resolve("classes")).classPath().get(0);
    for (Path one : List.of(copy, copy.resolve("x"), copy.getParent())) {
      assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(one)));
    }
    assertEquals(
        "r--r--r--",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.resolve("x/Y.class"))));
  }

  @Test
  void othersCannotListWhatReleasesThereAre() throws Exception {
    Path pool = Files.createDirectory(releases.resolve("hello"));
    Files.setPosixFilePermissions(pool, PosixFilePermissions.fromString("rwxr-xr-x"));
    snapshot(jar("app.jar", "x"));
    assertEquals("rwx--x--x", PosixFilePermissions.toString(Files.getPosixFilePermissions(pool)));
  }

  @Test
  void everyMissingEntryIsNamedAsConfigured() throws Exception {
    jar("lib/readme.txt", "r");
    String message =
        assertThrows(
                ReleaseException.class,
                () ->
                    snapshot(
                        build.resolve("app.jar"),
                        build.resolve("lib/*.jar"),
                        build.resolve("none/*"),
                        "/dev/null"))
            .getMessage();
    assertEquals(
        "class path entry "
            + build
            + "/app.jar does not exist\n"
            + "class path entry "
            + build
            + "/lib/*.jar matches no file\n"
            + "class path entry "
            + build
            + "/none/*: there is no folder "
            + build
            + "/none\n"
            + "class path entry /dev/null is neither a jar nor a folder",
        message);
    assertFalse(Files.exists(releases.resolve("hello")));
  }

  @Test
  void aLoopOfLinksIsAnError() throws Exception {
    Path classes = Files.createDirectory(build.resolve("classes"));
    Files.createSymbolicLink(classes.resolve("again"), classes);
    assertTrue(
        assertThrows(ReleaseException.class, () -> snapshot(classes))
            .getMessage()
            .startsWith("class path folder " + classes + " cannot be read"));
  }

  @Test
  void anUnchangedJarIsReadOnce() throws Exception {
    Path jar = jar("app.jar", "x".repeat(1000));
    ContentHashes hashes = new ContentHashes(Duration.ZERO);
    String hash = hashes.of(jar);
    assertEquals(hash, hashes.of(jar));
    assertEquals(1000, hashes.bytesRead());
    FileTime time = Files.getLastModifiedTime(jar);
    Files.writeString(jar, "y".repeat(1000));
    Files.setLastModifiedTime(jar, time); // as rsync and tar do
    assertNotEquals(hash, hashes.of(jar));
  }

  @Test
  void aJarThatChangedAMomentAgoIsReadAgain() throws Exception {
    Path jar = jar("app.jar", "x".repeat(1000));
    ContentHashes hashes = new ContentHashes(Duration.ofHours(1));
    assertEquals(hashes.of(jar), hashes.of(jar));
    assertEquals(2000, hashes.bytesRead());
  }

  @Test
  void aFileThatChangesBetweenHashAndCopyIsNoRelease() throws Exception {
    String restless = "/proc/sys/kernel/random/uuid"; // another text at every read
    assertEquals(
        "class path of pool hello: " + restless + " keeps changing while it is copied",
        assertThrows(ReleaseException.class, () -> snapshot(restless)).getMessage());
    assertEquals(List.of(), kept());
  }

  @Test
  void aDamagedCopyIsMadeAnew() throws Exception {
    Path jar = jar("app.jar", "whole");
    Path copy = snapshot(jar).classPath().get(0);
    Files.delete(copy);
    assertEquals("whole", Files.readString(snapshot(jar).classPath().get(0)));
    Files.delete(copy);
    Files.writeString(copy, "wh");
    assertEquals("whole", Files.readString(snapshot(jar).classPath().get(0)));
  }

  @Test
  void oldOnesAreDeletedButNotThoseInUse() throws Exception {
    Path jar = build.resolve("app.jar");
    String[] hash = new String[5];
    for (int i = 0; i < hash.length; i++) {
      Files.writeString(jar, "version " + i);
      hash[i] = snapshot(jar).hash();
      Files.setLastModifiedTime(
          releases.resolve("hello").resolve(hash[i]), FileTime.fromMillis(1000L * i));
    }
    Files.createDirectory(releases.resolve("hello/.new-123"));
    store.keepOnly("hello", Set.of(hash[0]), 2);
    assertEquals(Stream.of(hash[0], hash[3], hash[4]).sorted().toList(), kept());
    store.keepOnly("hello", Set.of(), 0);
    assertEquals(List.of(), kept());
    store.keepOnly("none", Set.of(), 0);
  }
}
