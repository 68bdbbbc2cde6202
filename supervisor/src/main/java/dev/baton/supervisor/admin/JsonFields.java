package dev.baton.supervisor.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The members of one object of an answer, typed. What is missing or of another kind is an {@link
 * IOException} that names it.
 *
 * @param path of the object in the answer
 */
record JsonFields(Map<?, ?> members, String path) {

  boolean has(String name) {
    return members.containsKey(name);
  }

  String text(String name) throws IOException {
    return of(name, String.class);
  }

  long number(String name) throws IOException {
    return of(name, Long.class);
  }

  int integer(String name) throws IOException {
    long number = number(name);
    if (number != (int) number) {
      throw new IOException("the answer's " + path + name + " is out of range: " + number);
    }
    return (int) number;
  }

  boolean flag(String name) throws IOException {
    return of(name, Boolean.class);
  }

  JsonFields object(String name) throws IOException {
    return new JsonFields(of(name, Map.class), path + name + ".");
  }

  List<JsonFields> objects(String name) throws IOException {
    List<JsonFields> objects = new ArrayList<>();
    for (Object element : of(name, List.class)) {
      if (!(element instanceof Map<?, ?> map)) {
        throw new IOException("the answer's " + path + name + " has an element of another kind");
      }
      objects.add(new JsonFields(map, path + name + "[]."));
    }
    return objects;
  }

  List<String> texts(String name) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Object element : of(name, List.class)) {
      texts.add(String.valueOf(element));
    }
    return texts;
  }

  private <T> T of(String name, Class<T> type) throws IOException {
    Object value = members.get(name);
    if (!type.isInstance(value)) {
      throw new IOException("the answer has no good field " + path + name + ": " + value);
    }
    return type.cast(value);
  }
}
