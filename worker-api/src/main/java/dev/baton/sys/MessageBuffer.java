package dev.baton.sys;

import static dev.baton.sys.Constants.MSG_CTRUNC;
import static dev.baton.sys.Constants.MSG_TRUNC;
import static dev.baton.sys.Constants.SCM_CREDENTIALS;
import static dev.baton.sys.Constants.SCM_RIGHTS;
import static dev.baton.sys.Constants.SOL_SOCKET;

import java.nio.ByteBuffer;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Native memory for one {@code sendmsg(2)} or {@code recvmsg(2)} at a time: a header, one piece of
 * payload, and room for descriptors (SCM_RIGHTS, {@code cmsg(3)}). Made once per channel and
 * direction and used again, which costs nothing per message. Not thread-safe.
 *
 * <pre>
 *   msghdr (56)         0 name | 8 namelen | 16 iov | 24 iovlen | 32 control | 40 controllen | 48 flags
 *   iovec (16)          0 base | 8 len
 *   cmsghdr (16)        0 len  | 8 level | 12 type | 16 descriptors, 4 bytes each
 *                       or a ucred: 16 pid | 20 uid | 24 gid
 * </pre>
 */
public final class MessageBuffer {
  private static final int CMSG_HEADER = 16;
  private static final int UCRED = 12;
  private static final int UCRED_SPACE = 32;
  private static final int NAME_MAX = 128;
  private static final int[] NONE = {};
  private static final int UNKNOWN = -1;

  private final int capacity;
  private final int maxDescriptors;
  private final Pointer header;
  private final Pointer vector;

  /** A buffer of the JDK's: what a jnr pointer copies from and to an array goes through JNI. */
  private final ByteBuffer data;

  private final Pointer control;
  private final int room;
  private final Pointer name;

  /** What the header says of a message to send, which the kernel leaves as it is. */
  private int saidLength = UNKNOWN;

  private int saidCount = UNKNOWN;

  /** Descriptors of the next message to send. */
  private int wanted;

  /**
   * @param capacity bytes of payload
   * @param maxDescriptors descriptors in one message; the kernel's own limit is 253
   */
  public MessageBuffer(int capacity, int maxDescriptors) {
    this(capacity, maxDescriptors, false);
  }

  /**
   * One to receive with, which also has room for who sent: the address, and, where SO_PASSCRED is
   * set, the process.
   */
  public static MessageBuffer withSender(int capacity, int maxDescriptors) {
    return new MessageBuffer(capacity, maxDescriptors, true);
  }

  private MessageBuffer(int capacity, int maxDescriptors, boolean sender) {
    this.capacity = capacity;
    this.maxDescriptors = maxDescriptors;
    Runtime runtime = Runtime.getSystemRuntime();
    header = Memory.allocateDirect(runtime, 56, true);
    vector = Memory.allocateDirect(runtime, 16, true);
    data = ByteBuffer.allocateDirect(capacity);
    room = controlSpace(maxDescriptors) + (sender ? UCRED_SPACE : 0);
    control = Memory.allocateDirect(runtime, room, true);
    name = sender ? Memory.allocateDirect(runtime, NAME_MAX, true) : null;
    vector.putPointer(0, Pointer.wrap(runtime, data));
    header.putPointer(16, vector);
    header.putLong(24, 1);
  }

  /** Fills the payload for sending, without descriptors. */
  public void put(byte[] bytes, int length) {
    if (length > capacity) {
      throw new IllegalArgumentException(length + " bytes in a buffer of " + capacity);
    }
    data.put(0, bytes, 0, length);
    if (length != saidLength) {
      vector.putLong(8, length);
      saidLength = length;
    }
    wanted = 0;
  }

  /** Adds descriptors to what {@link #put} filled; they stay the caller's. */
  public void putDescriptors(int[] descriptors, int count) {
    if (count > maxDescriptors) {
      throw new IllegalArgumentException(count + " descriptors, room for " + maxDescriptors);
    }
    wanted = count;
    for (int i = 0; i < count; i++) {
      control.putInt(CMSG_HEADER + 4L * i, descriptors[i]);
    }
  }

  /** Says in the header how many descriptors there are, where it says something else. */
  void prepareSend() {
    if (wanted == saidCount) {
      return;
    }
    saidCount = wanted;
    if (wanted == 0) {
      header.putLong(32, 0);
      header.putLong(40, 0);
      return;
    }
    header.putPointer(32, control);
    header.putLong(40, controlSpace(wanted));
    control.putLong(0, CMSG_HEADER + 4L * wanted);
    control.putInt(8, SOL_SOCKET);
    control.putInt(12, SCM_RIGHTS);
  }

  /** Copies the first {@code length} received bytes out. */
  public byte[] bytes(int length) {
    byte[] copy = new byte[length];
    data.get(0, copy, 0, length);
    return copy;
  }

  /**
   * The descriptors that came with the last receive: now the caller's to close. All of them, also
   * where {@link #controlTruncated()}: what did arrive is installed.
   */
  public int[] descriptors() {
    long at = find(SCM_RIGHTS);
    if (at < 0) {
      return NONE;
    }
    int[] numbers = new int[(int) ((control.getLong(at) - CMSG_HEADER) / 4)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = control.getInt(at + CMSG_HEADER + 4L * i);
    }
    return numbers;
  }

  /** Who sent the last message, by the kernel's word (SCM_CREDENTIALS); null if it did not say. */
  public PeerCredentials credentials() {
    long at = find(SCM_CREDENTIALS);
    if (at < 0 || control.getLong(at) < CMSG_HEADER + UCRED) { // or cut off for want of room
      return null;
    }
    return new PeerCredentials(
        control.getInt(at + CMSG_HEADER),
        control.getInt(at + CMSG_HEADER + 4),
        control.getInt(at + CMSG_HEADER + 8));
  }

  /** The address of the last message's sender; its path is empty when it has none. */
  public SockAddr sender() {
    int length = name == null ? 0 : Math.min(header.getInt(8), NAME_MAX);
    if (length < 2) {
      return SockAddr.unnamed();
    }
    byte[] bytes = new byte[length];
    name.get(0, bytes, 0, length);
    return SockAddr.of(bytes);
  }

  /** Where the control message of that type begins; -1 when there is none. */
  private long find(int type) {
    long end = header.getLong(40); // set by the kernel to what it used
    long at = 0;
    while (at + CMSG_HEADER <= end) {
      long length = control.getLong(at);
      if (length < CMSG_HEADER) {
        return -1;
      }
      if (control.getInt(at + 8) == SOL_SOCKET && control.getInt(at + 12) == type) {
        return at;
      }
      at += (length + 7) & ~7;
    }
    return -1;
  }

  /** Whether the payload was longer than the buffer (MSG_TRUNC). */
  public boolean truncated() {
    return (header.getInt(48) & MSG_TRUNC) != 0;
  }

  /** Whether descriptors were dropped for want of room or of numbers (MSG_CTRUNC). */
  public boolean controlTruncated() {
    return (header.getInt(48) & MSG_CTRUNC) != 0;
  }

  /**
   * Restores what a receive changes: a header used twice would drop every descriptor after a
   * message without.
   */
  void prepareReceive() {
    saidLength = UNKNOWN;
    saidCount = UNKNOWN;
    vector.putLong(8, capacity);
    header.putPointer(32, control);
    header.putLong(40, room);
    header.putInt(48, 0);
    control.putLong(0, 0);
    control.putInt(8, 0);
    control.putInt(12, 0);
    if (name != null) {
      header.putPointer(0, name);
      header.putInt(8, NAME_MAX);
    }
  }

  Pointer header() {
    return header;
  }

  private static int controlSpace(int descriptors) {
    return CMSG_HEADER + ((4 * descriptors + 7) & ~7);
  }
}
