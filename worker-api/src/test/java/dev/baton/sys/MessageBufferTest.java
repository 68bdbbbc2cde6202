package dev.baton.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.FdBag;
import dev.baton.fd.OwnedFd;
import dev.baton.testkit.FdLeakCheck;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FdLeakCheck.class)
class MessageBufferTest {
  private final Posix posix = Posix.system();
  private final FdBag open = new FdBag();
  private FdPair pair;

  @BeforeEach
  void connect() throws Exception {
    pair = posix.socketpair(Constants.SOCK_SEQPACKET);
    open.add(OwnedFd.of(posix, pair.first(), "first"));
    open.add(OwnedFd.of(posix, pair.second(), "second"));
  }

  @AfterEach
  void close() {
    open.close();
  }

  private void send(int bytes, int descriptors) throws Exception {
    MessageBuffer out = new MessageBuffer(Math.max(1, bytes), descriptors);
    int[] numbers = new int[descriptors];
    Arrays.fill(numbers, pair.first());
    out.put(new byte[bytes], bytes);
    out.putDescriptors(numbers, descriptors);
    assertEquals(bytes, posix.sendmsg(pair.first(), out, Constants.MSG_DONTWAIT));
  }

  private int[] own(MessageBuffer in) {
    int[] numbers = in.descriptors();
    for (int number : numbers) {
      open.add(OwnedFd.of(posix, number, "received"));
    }
    return numbers;
  }

  @Test
  void aBufferUsedAgainStillGetsDescriptors() throws Exception {
    MessageBuffer in = new MessageBuffer(16, 4);
    for (int descriptors : new int[] {2, 0, 4, 0, 0, 1}) {
      send(3, descriptors);
      assertEquals(3, posix.recvmsg(pair.second(), in, 0));
      assertEquals(descriptors, own(in).length);
      assertFalse(in.truncated());
      assertFalse(in.controlTruncated());
    }
  }

  @Test
  void aBufferUsedAgainForSendingForgetsItsDescriptors() throws Exception {
    MessageBuffer out = new MessageBuffer(16, 2);
    out.put(new byte[2], 2);
    out.putDescriptors(new int[] {pair.first(), pair.second()}, 2);
    posix.sendmsg(pair.first(), out, 0);
    out.put(new byte[] {7}, 1);
    posix.sendmsg(pair.first(), out, 0);
    MessageBuffer in = new MessageBuffer(16, 2);
    assertEquals(2, posix.recvmsg(pair.second(), in, 0));
    assertEquals(2, own(in).length);
    assertEquals(1, posix.recvmsg(pair.second(), in, 0));
    assertArrayEquals(new byte[] {7}, in.bytes(1));
    assertEquals(0, own(in).length);
  }

  @Test
  void aShortBufferSaysTruncated() throws Exception {
    send(17, 1);
    MessageBuffer in = new MessageBuffer(16, 1);
    assertEquals(16, posix.recvmsg(pair.second(), in, 0));
    assertTrue(in.truncated());
    assertEquals(1, own(in).length);
  }

  @Test
  void lackOfRoomSaysSoAndWhatCameIsStillTold() throws Exception {
    send(1, 5);
    MessageBuffer in = new MessageBuffer(16, 1);
    assertEquals(1, posix.recvmsg(pair.second(), in, 0));
    assertTrue(in.controlTruncated());
    // Room for one admits two: the kernel counts the padding too.
    assertEquals(2, own(in).length);
  }

  @Test
  void descriptorsComeCloseOnExec() throws Exception {
    send(1, 3);
    MessageBuffer in = new MessageBuffer(16, 3);
    posix.recvmsg(pair.second(), in, 0);
    int[] numbers = own(in);
    assertEquals(3, numbers.length);
    for (int number : numbers) {
      assertTrue(posix.closeOnExec(number));
    }
  }

  @Test
  void tooMuchIsRefusedBeforeTheKernelIsAsked() {
    MessageBuffer out = new MessageBuffer(4, 1);
    assertThrows(IllegalArgumentException.class, () -> out.put(new byte[5], 5));
    assertThrows(IllegalArgumentException.class, () -> out.putDescriptors(new int[2], 2));
  }
}
