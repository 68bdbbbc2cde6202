package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.SKF_AD_OFF;
import static dev.baton.sys.Constants.SKF_AD_RANDOM;
import static dev.baton.sys.Constants.SKF_NET_OFF;

import dev.baton.sys.SocketFilter;
import dev.baton.sys.SocketFilter.Instruction;

/**
 * Runs what {@link Steering} uses of classic BPF (Documentation/networking/filter.rst), to see its
 * programs without a kernel.
 */
final class FilterMachine {
  private final byte[] packet;
  private final int random;

  /** A packet from its network header on, and what the kernel's random number is. */
  FilterMachine(byte[] packet, int random) {
    this.packet = packet;
    this.random = random;
  }

  int run(SocketFilter filter) {
    int[] cells = new int[16];
    int a = 0;
    int x = 0;
    for (int pc = 0; ; pc++) {
      Instruction i = filter.instructions().get(pc);
      int k = i.k();
      switch (i.code()) {
        case 0x20 -> a = k == SKF_AD_OFF + SKF_AD_RANDOM ? random : load(k, 4);
        case 0x28 -> a = load(k, 2);
        case 0x30 -> a = load(k, 1);
        case 0x48 -> a = load(x + k, 2);
        case 0x00 -> a = k;
        case 0x60 -> a = cells[k];
        case 0x61 -> x = cells[k];
        case 0xb1 -> x = 4 * (load(k, 1) & 15);
        case 0x02 -> cells[k] = a;
        case 0x24 -> a *= k;
        case 0x74 -> a >>>= k;
        case 0x94 -> a = Integer.remainderUnsigned(a, k);
        case 0xa4 -> a ^= k;
        case 0xac -> a ^= x;
        case 0x07 -> x = a;
        case 0x05 -> pc += k;
        case 0x15 -> pc += a == k ? i.jt() : i.jf();
        case 0x2d -> pc += Integer.compareUnsigned(a, x) > 0 ? i.jt() : i.jf();
        case 0x06 -> {
          return k;
        }
        case 0x16 -> {
          return a;
        }
        default -> throw new IllegalArgumentException("instruction " + i);
      }
    }
  }

  private int load(int offset, int size) {
    int value = 0;
    for (int at = offset - SKF_NET_OFF; at < offset - SKF_NET_OFF + size; at++) {
      value = value << 8 | packet[at] & 0xff;
    }
    return value;
  }
}
