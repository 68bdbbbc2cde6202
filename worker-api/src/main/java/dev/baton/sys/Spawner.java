package dev.baton.sys;

import java.lang.ref.Reference;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * {@code posix_spawn(3)} with its attribute objects; needs glibc 2.34 for the close-from action.
 */
final class Spawner {
  private static final int ATTRIBUTES = 336;
  private static final int ACTIONS = 80;
  private static final int SIGNAL_SET = 128;
  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;

  private final LibC c;
  private final Runtime runtime;

  Spawner(LibC c, Runtime runtime) {
    this.c = c;
    this.runtime = runtime;
  }

  int spawn(SpawnRequest request) throws SysException {
    Pointer actions = Memory.allocateDirect(runtime, ACTIONS, true);
    check("posix_spawn_file_actions_init", c.posix_spawn_file_actions_init(actions));
    try {
      Pointer attributes = Memory.allocateDirect(runtime, ATTRIBUTES, true);
      check("posix_spawnattr_init", c.posix_spawnattr_init(attributes));
      try {
        addActions(actions, request);
        setAttributes(attributes);
        return spawn(request, actions, attributes);
      } finally {
        c.posix_spawnattr_destroy(attributes);
      }
    } finally {
      c.posix_spawn_file_actions_destroy(actions);
    }
  }

  private void addActions(Pointer actions, SpawnRequest request) throws SysException {
    List<Integer> descriptors = request.descriptors();
    for (int i = 0; i < descriptors.size(); i++) {
      // With equal numbers glibc clears close-on-exec instead.
      check(
          "posix_spawn_file_actions_adddup2",
          c.posix_spawn_file_actions_adddup2(actions, descriptors.get(i), i));
    }
    addCloseFrom(actions, descriptors.size());
    if (request.workingDirectory().isPresent()) {
      check(
          "posix_spawn_file_actions_addchdir_np",
          c.posix_spawn_file_actions_addchdir_np(actions, request.workingDirectory().get()));
    }
  }

  /** Without it a child would inherit what the JDK opens without close-on-exec. */
  private void addCloseFrom(Pointer actions, int from) throws SysException {
    try {
      check(
          "posix_spawn_file_actions_addclosefrom_np",
          c.posix_spawn_file_actions_addclosefrom_np(actions, from));
    } catch (UnsatisfiedLinkError e) {
      throw new SysException(
          "posix_spawn_file_actions_addclosefrom_np (glibc 2.34 or later)", Errno.ENOSYS.number());
    }
  }

  private void setAttributes(Pointer attributes) throws SysException {
    Pointer none = Memory.allocateDirect(runtime, SIGNAL_SET, true);
    Pointer all = Memory.allocateDirect(runtime, SIGNAL_SET, true);
    for (int i = 0; i < SIGNAL_SET; i++) {
      all.putByte(i, (byte) 0xff);
    }
    // The JVM's threads block SIGQUIT and ignore SIGPIPE; a worker must start with neither.
    check(
        "posix_spawnattr_setflags",
        c.posix_spawnattr_setflags(attributes, (short) (SETSIGDEF | SETSIGMASK | SETSID)));
    check("posix_spawnattr_setsigmask", c.posix_spawnattr_setsigmask(attributes, none));
    check("posix_spawnattr_setsigdefault", c.posix_spawnattr_setsigdefault(attributes, all));
    Reference.reachabilityFence(none);
    Reference.reachabilityFence(all);
  }

  private int spawn(SpawnRequest request, Pointer actions, Pointer attributes) throws SysException {
    CStrings argv = new CStrings(runtime, request.arguments());
    CStrings envp = new CStrings(runtime, request.environment());
    Pointer pid = Memory.allocateDirect(runtime, 4, true);
    check(
        "posix_spawn",
        c.posix_spawn(pid, request.path(), actions, attributes, argv.pointers(), envp.pointers()));
    Reference.reachabilityFence(argv);
    Reference.reachabilityFence(envp);
    return pid.getInt(0);
  }

  /** These functions return the error number instead of setting errno. */
  private static void check(String call, int result) throws SysException {
    if (result != 0) {
      throw new SysException(call, result);
    }
  }
}
