package dev.baton.e2e.kit;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles plugins from source, as their authors do, with the compiler of the running JDK. */
public final class Compiled {
  private Compiled() {}

  /**
   * Compiles for Java 17.
   *
   * @param classes the folder for the classes, which exists
   * @param classPath what the sources need
   * @param sources by the full names of their classes
   */
  public static void into(Path classes, String classPath, Map<String, String> sources)
      throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("the tests need a JDK, this is only a runtime");
    }
    List<JavaFileObject> units =
        sources.entrySet().stream().map(s -> source(s.getKey(), s.getValue())).toList();
    var messages = new StringWriter();
    var options =
        List.of("--release", "17", "-d", classes.toString(), "-cp", classPath, "-proc:none");
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      if (!compiler.getTask(messages, files, null, options, null, units).call()) {
        throw new AssertionError("does not compile: " + messages);
      }
    }
  }

  private static JavaFileObject source(String name, String text) {
    var uri = URI.create("memory:///" + name.replace('.', '/') + ".java");
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
