package dev.baton.supervisor.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the processes of a pool's workers may do and use, besides whom they run as. Names of groups
 * are not looked up. Immutable.
 *
 * @param groups supplementary groups, names or numbers, only together with a user; empty: those
 *     that the user is a member of
 * @param noNewPrivileges whether no program that a worker starts gains rights ({@code prctl(2)},
 *     PR_SET_NO_NEW_PRIVS); the default is whether it has another user
 * @param umask which permissions files that it makes never have; empty: the supervisor's
 * @param limits soft and hard at once, {@link ResourceLimit#UNLIMITED} for none; what is missing is
 *     as the supervisor has it
 * @param nice the nice value, -20 to 19, not an increment; empty: the supervisor's
 * @param cpuAffinity the CPUs it runs on; empty: as the supervisor
 * @param oomScoreAdjust how much sooner or later it is killed for lack of memory, -1000 to 1000;
 *     empty: as the supervisor
 * @param inherited the supervisor's variables that it gets
 * @param cgroup of each worker; empty: that of the supervisor
 */
public record ConfinementConfig(
    Optional<List<String>> groups,
    boolean noNewPrivileges,
    OptionalInt umask,
    Map<ResourceLimit, Long> limits,
    OptionalInt nice,
    Optional<CpuSet> cpuAffinity,
    OptionalInt oomScoreAdjust,
    InheritedEnvironment inherited,
    Optional<CgroupConfig> cgroup) {

  /** What a pool that says nothing has. */
  public static final ConfinementConfig NONE =
      new ConfinementConfig(
          Optional.empty(),
          false,
          OptionalInt.empty(),
          Map.of(),
          OptionalInt.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          InheritedEnvironment.NONE,
          Optional.empty());

  /** Copies the collections. */
  public ConfinementConfig {
    groups = groups.map(List::copyOf);
    limits = Map.copyOf(limits);
  }
}
