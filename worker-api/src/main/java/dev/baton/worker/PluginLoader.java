package dev.baton.worker;

import dev.baton.protocol.ErrorCode;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds and makes the plugin, or says why not. */
final class PluginLoader {
  private static final String SERVICE_FILE = "META-INF/services/" + Worker.class.getName();

  private static final int NAMES_SHOWN = 8;

  private final ClassLoader loader;

  PluginLoader(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * @param className the plugin's class; null for the only one that {@link ServiceLoader} finds
   */
  Worker load(String className) throws PluginException {
    String name = className;
    try {
      Class<?> type;
      if (className == null) {
        type = onlyProvider();
        name = type.getName();
      } else {
        type = Class.forName(className, true, loader);
      }
      return make(type);
    } catch (ClassNotFoundException e) {
      throw new PluginException(
          ErrorCode.PLUGIN_NOT_FOUND,
          "plugin class " + name + " was not found on the class path: " + classPath(),
          null);
    } catch (LinkageError e) {
      throw new PluginException(
          ErrorCode.PLUGIN_UNUSABLE,
          "plugin class " + name + " cannot be used: " + Failures.text(e),
          e);
    }
  }

  private Class<?> onlyProvider() throws PluginException {
    List<Class<?>> found;
    try {
      found =
          ServiceLoader.load(Worker.class, loader).stream()
              .map(ServiceLoader.Provider::type)
              .collect(Collectors.toList());
    } catch (ServiceConfigurationError e) {
      throw new PluginException(ErrorCode.PLUGIN_UNUSABLE, Failures.text(e), e);
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      throw new PluginException(
          ErrorCode.PLUGIN_NOT_FOUND,
          "no plugin class is named and no " + SERVICE_FILE + " names one on: " + classPath(),
          null);
    }
    throw new PluginException(
        ErrorCode.PLUGIN_UNUSABLE,
        "no plugin class is named and "
            + found.size()
            + " were found; name one of "
            + found.stream().map(Class::getName).collect(Collectors.joining(", ")),
        null);
  }

  private static Worker make(Class<?> type) throws PluginException {
    if (!Worker.class.isAssignableFrom(type)) {
      throw unusable(type, "is not a " + Worker.class.getName());
    }
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
      throw unusable(type, "is abstract");
    }
    if (!Modifier.isPublic(type.getModifiers())) {
      throw unusable(type, "is not public");
    }
    try {
      return (Worker) type.getConstructor().newInstance();
    } catch (NoSuchMethodException e) {
      throw unusable(type, "has no public constructor without parameters");
    } catch (InvocationTargetException e) {
      throw new PluginException(
          ErrorCode.PLUGIN_UNUSABLE,
          "the constructor of plugin class "
              + type.getName()
              + " threw "
              + Failures.text(e.getCause()),
          e.getCause());
    } catch (InstantiationException | IllegalAccessException e) {
      throw unusable(type, "cannot be made: " + e);
    }
  }

  private static PluginException unusable(Class<?> type, String why) {
    return new PluginException(
        ErrorCode.PLUGIN_UNUSABLE, "plugin class " + type.getName() + " " + why, null);
  }

  /** File names only, and few: the folders of a release are long, and tell an operator nothing. */
  private static String classPath() {
    return names(System.getProperty("java.class.path", ""));
  }

  static String names(String path) {
    List<String> names =
        Arrays.stream(path.split(File.pathSeparator))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> new File(entry).getName())
            .collect(Collectors.toList());
    if (names.isEmpty()) {
      return "(empty)";
    }
    String shown = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
    int more = names.size() - NAMES_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }
}
