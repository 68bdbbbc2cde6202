package dev.baton.supervisor.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The newest entries stay. */
class JournalTest {
  @Test
  void theOldestGoFirst() {
    Journal journal = new Journal(3);
    assertEquals(List.of(), journal.newest(10));
    for (int i = 1; i <= 5; i++) {
      journal.info("pool", "entry " + i);
    }
    assertEquals(List.of("entry 3", "entry 4", "entry 5"), texts(journal, 10));
    assertEquals(List.of("entry 4", "entry 5"), texts(journal, 2));
    assertEquals(List.of(), texts(journal, 0));
    assertEquals(List.of(), texts(journal, -1));
  }

  @Test
  void anEntryTellsWhatItIsAbout() {
    Journal journal = new Journal(3);
    journal.warn("hello/0#1", "went wrong");
    Entry entry = journal.newest(1).get(0);
    assertEquals(Entry.Kind.WARNING, entry.kind());
    assertEquals("hello/0#1", entry.subject());
    assertEquals("went wrong", entry.text());
  }

  private static List<String> texts(Journal journal, int count) {
    return journal.newest(count).stream().map(Entry::text).toList();
  }
}
