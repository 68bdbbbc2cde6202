package dev.baton.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  @Test
  void aListOfLongsAndItsEqual() {
    long[] values = {1, Long.MAX_VALUE, -3, 9};
    Numbers numbers = Numbers.of(values, 3);
    values[0] = 7;
    List<Long> list = List.of(1L, Long.MAX_VALUE, -3L);
    assertEquals(list, numbers);
    assertEquals(numbers, list);
    assertEquals(numbers, Numbers.of(list));
    assertEquals(list.hashCode(), numbers.hashCode());
    assertEquals(list.toString(), numbers.toString());
    assertEquals(3, numbers.size());
    assertEquals(Long.MAX_VALUE, numbers.at(1));
    assertSame(numbers, Numbers.of(numbers));
    assertNotEquals(numbers, Numbers.of(values, 3));
    assertNotEquals(numbers, List.of(1L));
    assertEquals(Numbers.NONE, Numbers.of(values, 0));
    assertEquals(Numbers.NONE, Numbers.of(List.of()));
  }

  @Test
  void nothingChangesIt() {
    Numbers numbers = Numbers.of(List.of(1L, 2L));
    numbers.toLongs()[0] = 5;
    assertEquals(1, numbers.at(0));
    assertThrows(UnsupportedOperationException.class, () -> numbers.set(0, 5L));
    assertThrows(UnsupportedOperationException.class, () -> numbers.add(5L));
  }

  @Test
  void whatIsNoList() {
    assertThrows(IndexOutOfBoundsException.class, () -> Numbers.of(new long[1], 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Numbers.of(new long[1], -1));
    assertThrows(NullPointerException.class, () -> Numbers.of(Arrays.asList(1L, null)));
    assertThrows(IndexOutOfBoundsException.class, () -> Numbers.of(List.of(1L)).at(1));
    String reason =
        assertThrows(
                IllegalArgumentException.class,
                () -> new ToSupervisor.Refuse(Arrays.asList(1L, null)))
            .getMessage();
    assertEquals("field connections[] is missing", reason);
  }

  private static byte[] message(String type, int count) {
    String list = String.join(",", Collections.nCopies(count, "1"));
    return ("{\"type\":\"" + type + "\",\"id\":1,\"connections\":[" + list + "]}").getBytes(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"claim", "refuse", "closed", "recall"})
  void aMessageNamesABoundedNumber(String type) throws Exception {
    Codec.decode(message(type, Limits.CONNECTIONS), Message.class);
    ProtocolException e =
        assertThrows(
            ProtocolException.class,
            () -> Codec.decode(message(type, Limits.CONNECTIONS + 1), Message.class));
    assertEquals(type + ": more than 4096 connections in one message", e.getMessage());
  }

  @Test
  void norIsMoreMadeHere() {
    Numbers most = Numbers.of(new long[Limits.CONNECTIONS], Limits.CONNECTIONS);
    assertEquals(most, new ToSupervisor.Claim(List.of(), most).connections());
    Numbers more = Numbers.of(new long[Limits.CONNECTIONS + 1], Limits.CONNECTIONS + 1);
    assertThrows(IllegalArgumentException.class, () -> new ToSupervisor.Claim(List.of(), more));
    assertThrows(IllegalArgumentException.class, () -> new ToSupervisor.Refuse(more));
    assertThrows(IllegalArgumentException.class, () -> new ToSupervisor.Closed(more));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new ToWorker.Recall(1, more));
    assertTrue(e.getMessage().contains("4097 connections"), e.getMessage());
  }
}
