package dev.baton.sys;

import java.util.List;
import jnr.ffi.Pointer;

/**
 * A classic BPF program ({@code struct sock_fprog}, {@code socket(7)}). Immutable. The kernel
 * checks it when it is attached; what it refuses fails there with EINVAL.
 */
public final class SocketFilter {
  /** The kernel's limit on instructions (BPF_MAXINSNS). */
  public static final int MAX = 4096;

  /** Bytes of one {@code struct sock_filter}. */
  static final int INSTRUCTION = 8;

  private final List<Instruction> instructions;

  private SocketFilter(List<Instruction> instructions) {
    this.instructions = instructions;
  }

  /**
   * One instruction ({@code struct sock_filter}).
   *
   * @param code operation, of the BPF numbers of {@link Constants}
   * @param jt instructions to skip when a jump's condition holds, 0 to 255
   * @param jf instructions to skip when it does not, 0 to 255
   * @param k operand, 32 bits whatever their sign
   */
  public record Instruction(int code, int jt, int jf, int k) {
    public Instruction {
      require(code, 0xffff, "code");
      require(jt, 0xff, "jt");
      require(jf, 0xff, "jf");
    }

    private static void require(int value, int most, String name) {
      if (value < 0 || value > most) {
        throw new IllegalArgumentException(name + " is " + value + ", not 0 to " + most);
      }
    }

    /** An instruction that does not jump. */
    public static Instruction of(int code, int k) {
      return new Instruction(code, 0, 0, k);
    }
  }

  /**
   * A program of 1 to {@link #MAX} instructions.
   *
   * @throws IllegalArgumentException for another number of them
   */
  public static SocketFilter of(List<Instruction> instructions) {
    if (instructions.isEmpty() || instructions.size() > MAX) {
      throw new IllegalArgumentException(
          instructions.size() + " instructions; a program has 1 to " + MAX);
    }
    return new SocketFilter(List.copyOf(instructions));
  }

  /** The instructions in order. */
  public List<Instruction> instructions() {
    return instructions;
  }

  /** How many instructions there are. */
  public int size() {
    return instructions.size();
  }

  void write(Pointer target) {
    long at = 0;
    for (Instruction i : instructions) {
      target.putShort(at, (short) i.code());
      target.putByte(at + 2, (byte) i.jt());
      target.putByte(at + 3, (byte) i.jf());
      target.putInt(at + 4, i.k());
      at += INSTRUCTION;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SocketFilter f && f.instructions.equals(instructions);
  }

  @Override
  public int hashCode() {
    return instructions.hashCode();
  }

  @Override
  public String toString() {
    return "SocketFilter" + instructions;
  }
}
