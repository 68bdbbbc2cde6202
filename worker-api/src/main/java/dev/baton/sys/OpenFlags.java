package dev.baton.sys;

/** Flags of {@code open(2)} that differ between x86-64 and AArch64. */
public final class OpenFlags {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

  /** O_DIRECTORY: fails on anything else. */
  public static final int DIRECTORY = ARM ? 040000 : 0200000;

  /** O_NOFOLLOW: with O_PATH a link itself is opened, else it fails with ELOOP. */
  public static final int NOFOLLOW = ARM ? 0100000 : 0400000;

  private OpenFlags() {}
}
