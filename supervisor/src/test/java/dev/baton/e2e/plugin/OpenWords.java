package dev.baton.e2e.plugin;

import dev.baton.worker.OpenRequest;
import java.util.Arrays;

/** A request in words, as {@code write,create}. */
final class OpenWords {
  private OpenWords() {}

  static OpenRequest request(String text) {
    var words = Arrays.asList(text.split(","));
    boolean read = words.contains("read") || words.contains("directory");
    var request =
        words.contains("append")
            ? OpenRequest.append()
            : !words.contains("write")
                ? OpenRequest.read()
                : read ? OpenRequest.readWrite() : OpenRequest.write();
    for (var word : words) {
      request =
          switch (word) {
            case "create" -> request.create();
            case "exclusive" -> request.exclusive();
            case "truncate" -> request.truncate();
            case "directory" -> request.directory();
            case "read", "write", "append" -> request;
            default -> throw new IllegalArgumentException("there is no word " + word);
          };
    }
    return request;
  }
}
