package dev.baton.supervisor.store;

import static dev.baton.sys.Constants.BPF_A;
import static dev.baton.sys.Constants.BPF_ABS;
import static dev.baton.sys.Constants.BPF_ALU;
import static dev.baton.sys.Constants.BPF_B;
import static dev.baton.sys.Constants.BPF_H;
import static dev.baton.sys.Constants.BPF_IMM;
import static dev.baton.sys.Constants.BPF_IND;
import static dev.baton.sys.Constants.BPF_JA;
import static dev.baton.sys.Constants.BPF_JEQ;
import static dev.baton.sys.Constants.BPF_JGT;
import static dev.baton.sys.Constants.BPF_JMP;
import static dev.baton.sys.Constants.BPF_K;
import static dev.baton.sys.Constants.BPF_LD;
import static dev.baton.sys.Constants.BPF_LDX;
import static dev.baton.sys.Constants.BPF_MEM;
import static dev.baton.sys.Constants.BPF_MISC;
import static dev.baton.sys.Constants.BPF_MOD;
import static dev.baton.sys.Constants.BPF_MSH;
import static dev.baton.sys.Constants.BPF_MUL;
import static dev.baton.sys.Constants.BPF_RET;
import static dev.baton.sys.Constants.BPF_RSH;
import static dev.baton.sys.Constants.BPF_ST;
import static dev.baton.sys.Constants.BPF_TAX;
import static dev.baton.sys.Constants.BPF_W;
import static dev.baton.sys.Constants.BPF_X;
import static dev.baton.sys.Constants.BPF_XOR;
import static dev.baton.sys.Constants.SKF_AD_OFF;
import static dev.baton.sys.Constants.SKF_AD_RANDOM;
import static dev.baton.sys.Constants.SKF_NET_OFF;

import dev.baton.sys.SocketFilter;
import dev.baton.sys.SocketFilter.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Programs that choose a socket of a SO_REUSEPORT group (SO_ATTACH_REUSEPORT_CBPF, {@code
 * socket(7)}). They answer with a place: the index of a socket in the kernel's order of the group.
 * Pure.
 *
 * <pre>
 *   connections              datagrams
 *   A = random number        H = mixed bits of the client's address and port
 *   A = A mod choices        for each slot: A = mix(H xor seed of the slot)
 *   A-th place               the place with the largest A
 * </pre>
 *
 * The second is a rendezvous hash: a client keeps its slot as long as the slot is among the
 * choices, whatever other slots come and go; and what a lost slot had is spread over all others.
 */
final class Steering {
  /** The most slots for which datagrams get a rendezvous hash: the kernel has a limit of length. */
  static final int MOST_HASHED = 256;

  private static final int FIRST_MIX = 0x85ebca6b; // the constants of MurmurHash3's finalizer
  private static final int SECOND_MIX = 0xc2b2ae35;
  private static final int SEED = 0x9e3779b9;

  /** Cells of the program's scratch memory. */
  private static final int HASH = 0;

  private static final int LARGEST = 1;
  private static final int CHOICE = 2;

  private final List<Instruction> program = new ArrayList<>();

  private Steering() {}

  /**
   * Connections: each to one of these places by chance.
   *
   * @param places at least one
   */
  static SocketFilter byChance(List<Integer> places) {
    Steering made = new Steering();
    made.add(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_RANDOM);
    made.choose(places);
    return SocketFilter.of(made.program);
  }

  /**
   * Datagrams: those of one client address and port to one place, which changes only with the
   * client's own slot. Above {@link #MOST_HASHED} slots every change moves most clients.
   *
   * @param places by slot; at least one
   */
  static SocketFilter byClient(SortedMap<Integer, Integer> places) {
    Steering made = new Steering();
    if (places.size() == 1) {
      made.add(BPF_RET | BPF_K, places.get(places.firstKey()));
      return SocketFilter.of(made.program);
    }
    made.hashClient();
    if (places.size() > MOST_HASHED) {
      made.add(BPF_LD | BPF_MEM, HASH);
      made.mix();
      made.shiftIn(16);
      made.choose(List.copyOf(places.values()));
    } else {
      made.rendezvous(places);
    }
    return SocketFilter.of(made.program);
  }

  private void add(int code, int k) {
    program.add(Instruction.of(code, k));
  }

  private void jump(int condition, int k, int jt, int jf) {
    program.add(new Instruction(BPF_JMP | condition, jt, jf, k));
  }

  /** Returns the place that the remainder of A chooses. */
  private void choose(List<Integer> places) {
    add(BPF_ALU | BPF_MOD | BPF_K, places.size());
    for (int i = 0; i < places.size() - 1; i++) {
      jump(BPF_JEQ | BPF_K, i, 0, 1);
      add(BPF_RET | BPF_K, places.get(i));
    }
    add(BPF_RET | BPF_K, places.get(places.size() - 1));
  }

  /**
   * The cell HASH becomes the client's address and port, folded into 32 bits. The data begins after
   * the UDP header here, so they are read relative to the network header, whose first four bits are
   * the version.
   */
  private void hashClient() {
    Steering ipv6 = new Steering();
    ipv6.foldIpv6();
    Steering ipv4 = new Steering();
    ipv4.foldIpv4();
    ipv6.add(BPF_JMP | BPF_JA, ipv4.program.size());
    add(BPF_LD | BPF_B | BPF_ABS, SKF_NET_OFF);
    add(BPF_ALU | BPF_RSH | BPF_K, 4);
    jump(BPF_JEQ | BPF_K, 6, 0, ipv6.program.size());
    program.addAll(ipv6.program);
    program.addAll(ipv4.program);
    // A is the port.
    add(BPF_ALU | BPF_MUL | BPF_K, SEED);
    add(BPF_LDX | BPF_MEM, HASH);
    add(BPF_ALU | BPF_XOR | BPF_X, 0);
    add(BPF_ST, HASH);
  }

  /** RFC 8200, section 3. The port counts only where UDP is the next header: 17, at 6. */
  private void foldIpv6() {
    add(BPF_LD | BPF_W | BPF_ABS, SKF_NET_OFF + 8);
    add(BPF_ALU | BPF_MUL | BPF_K, SECOND_MIX);
    add(BPF_ST, HASH);
    for (int word = 12; word < 24; word += 4) {
      add(BPF_LD | BPF_W | BPF_ABS, SKF_NET_OFF + word);
      add(BPF_LDX | BPF_MEM, HASH);
      add(BPF_ALU | BPF_XOR | BPF_X, 0);
      add(BPF_ALU | BPF_MUL | BPF_K, SECOND_MIX);
      add(BPF_ST, HASH);
    }
    add(BPF_LD | BPF_B | BPF_ABS, SKF_NET_OFF + 6);
    jump(BPF_JEQ | BPF_K, 17, 2, 0);
    add(BPF_LD | BPF_IMM, 0);
    add(BPF_JMP | BPF_JA, 1);
    add(BPF_LD | BPF_H | BPF_ABS, SKF_NET_OFF + 40);
  }

  /** RFC 791, section 3.1: the header has options, so its length is looked up. */
  private void foldIpv4() {
    add(BPF_LD | BPF_W | BPF_ABS, SKF_NET_OFF + 12);
    add(BPF_ALU | BPF_MUL | BPF_K, SECOND_MIX);
    add(BPF_ST, HASH);
    add(BPF_LDX | BPF_B | BPF_MSH, SKF_NET_OFF);
    add(BPF_LD | BPF_H | BPF_IND, SKF_NET_OFF);
  }

  private void rendezvous(SortedMap<Integer, Integer> places) {
    boolean first = true;
    for (Map.Entry<Integer, Integer> slot : places.entrySet()) {
      add(BPF_LD | BPF_MEM, HASH);
      add(BPF_ALU | BPF_XOR | BPF_K, seed(slot.getKey()));
      mix();
      if (!first) {
        add(BPF_LDX | BPF_MEM, LARGEST);
        jump(BPF_JGT | BPF_X, 0, 0, 3);
      }
      first = false;
      add(BPF_ST, LARGEST);
      add(BPF_LD | BPF_IMM, slot.getValue());
      add(BPF_ST, CHOICE);
    }
    add(BPF_LD | BPF_MEM, CHOICE);
    add(BPF_RET | BPF_A, 0);
  }

  private static int seed(int slot) {
    return (slot + 1) * SEED;
  }

  /**
   * A becomes other bits of which each depends on those below; the upper ones are the good ones.
   */
  private void mix() {
    add(BPF_ALU | BPF_MUL | BPF_K, FIRST_MIX);
    shiftIn(15);
    add(BPF_ALU | BPF_MUL | BPF_K, SECOND_MIX);
  }

  /** A xor itself shifted right. */
  private void shiftIn(int bits) {
    add(BPF_MISC | BPF_TAX, 0);
    add(BPF_ALU | BPF_RSH | BPF_K, bits);
    add(BPF_ALU | BPF_XOR | BPF_X, 0);
  }
}
