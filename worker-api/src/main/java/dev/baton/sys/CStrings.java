package dev.baton.sys;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** An array of C strings that ends with NULL, as {@code execve(2)} takes; good while reachable. */
final class CStrings {
  private final List<Pointer> strings = new ArrayList<>();
  private final Pointer array;

  CStrings(Runtime runtime, List<String> values) {
    array = Memory.allocateDirect(runtime, (values.size() + 1) * 8, true);
    for (int i = 0; i < values.size(); i++) {
      byte[] bytes = values.get(i).getBytes(StandardCharsets.UTF_8);
      Pointer string = Memory.allocateDirect(runtime, bytes.length + 1, true);
      string.put(0, bytes, 0, bytes.length);
      strings.add(string);
      array.putPointer(i * 8L, string);
    }
  }

  Pointer pointers() {
    return array;
  }
}
