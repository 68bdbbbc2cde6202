package dev.baton.sys;

import static dev.baton.sys.Constants.MSG_CTRUNC;
import static dev.baton.sys.Constants.MSG_TRUNC;
import static dev.baton.sys.Constants.SCM_RIGHTS;
import static dev.baton.sys.Constants.SOL_SOCKET;

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
 * </pre>
 */
public final class MessageBuffer {
  private static final int CMSG_HEADER = 16;
  private static final int[] NONE = {};

  private final int capacity;
  private final int maxDescriptors;
  private final Pointer header;
  private final Pointer vector;
  private final Pointer data;
  private final Pointer control;

  /**
   * @param capacity bytes of payload
   * @param maxDescriptors descriptors in one message; the kernel's own limit is 253
   */
  public MessageBuffer(int capacity, int maxDescriptors) {
    this.capacity = capacity;
    this.maxDescriptors = maxDescriptors;
    Runtime runtime = Runtime.getSystemRuntime();
    header = Memory.allocateDirect(runtime, 56, true);
    vector = Memory.allocateDirect(runtime, 16, true);
    data = Memory.allocateDirect(runtime, capacity);
    control = Memory.allocateDirect(runtime, controlSpace(maxDescriptors), true);
    vector.putPointer(0, data);
    header.putPointer(16, vector);
    header.putLong(24, 1);
  }

  /** Fills the payload for sending, without descriptors. */
  public void put(byte[] bytes, int length) {
    if (length > capacity) {
      throw new IllegalArgumentException(length + " bytes in a buffer of " + capacity);
    }
    data.put(0, bytes, 0, length);
    vector.putLong(8, length);
    header.putLong(32, 0);
    header.putLong(40, 0);
  }

  /** Adds descriptors to what {@link #put} filled; they stay the caller's. */
  public void putDescriptors(int[] descriptors, int count) {
    if (count > maxDescriptors) {
      throw new IllegalArgumentException(count + " descriptors, room for " + maxDescriptors);
    }
    if (count == 0) {
      return;
    }
    header.putPointer(32, control);
    header.putLong(40, controlSpace(count));
    control.putLong(0, CMSG_HEADER + 4L * count);
    control.putInt(8, SOL_SOCKET);
    control.putInt(12, SCM_RIGHTS);
    for (int i = 0; i < count; i++) {
      control.putInt(CMSG_HEADER + 4L * i, descriptors[i]);
    }
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
    long length = header.getLong(40);
    // The kernel sets the length to what it used: below one header plus one number nothing came.
    if (length < CMSG_HEADER + 4
        || control.getInt(8) != SOL_SOCKET
        || control.getInt(12) != SCM_RIGHTS) {
      return NONE;
    }
    int[] numbers = new int[(int) ((control.getLong(0) - CMSG_HEADER) / 4)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = control.getInt(CMSG_HEADER + 4L * i);
    }
    return numbers;
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
    vector.putLong(8, capacity);
    header.putPointer(32, control);
    header.putLong(40, controlSpace(maxDescriptors));
    header.putInt(48, 0);
    control.putLong(0, 0);
    control.putInt(8, 0);
    control.putInt(12, 0);
  }

  Pointer header() {
    return header;
  }

  private static int controlSpace(int descriptors) {
    return CMSG_HEADER + ((4 * descriptors + 7) & ~7);
  }
}
