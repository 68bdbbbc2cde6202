package dev.baton.sys;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * What {@code statx(2)} tells of an open file; to be used again and again by one thread. Its layout
 * is the same on all architectures, unlike that of {@code stat(2)}.
 */
public final class FileStatus {
  private static final int SIZE = 256;

  private final Pointer memory = Memory.allocateDirect(Runtime.getSystemRuntime(), SIZE, true);

  /** Nothing yet. */
  public FileStatus() {}

  Pointer memory() {
    return memory;
  }

  /** Kind and permission bits. */
  public int mode() {
    return memory.getShort(28) & 0xffff;
  }

  /** What it is: one of {@code Constants.S_IF...}. */
  public int kind() {
    return mode() & Constants.S_IFMT;
  }

  /** The owner. */
  public int uid() {
    return memory.getInt(20);
  }

  /** The owner's group. */
  public int gid() {
    return memory.getInt(24);
  }

  /** Its number on its device. */
  public long inode() {
    return memory.getLong(32);
  }

  /** Bytes. */
  public long size() {
    return memory.getLong(40);
  }

  /** When its content was changed last, in nanoseconds since 1970. */
  public long modified() {
    return memory.getLong(112) * 1_000_000_000L + memory.getInt(120);
  }

  /** The device it is on: major in the upper half, minor in the lower. */
  public long device() {
    return (memory.getInt(136) & 0xffffffffL) << 32 | memory.getInt(140) & 0xffffffffL;
  }
}
