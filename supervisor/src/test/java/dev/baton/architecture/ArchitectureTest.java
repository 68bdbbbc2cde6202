package dev.baton.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The dependency rules of the design; they point one way, and each library has its place. */
@AnalyzeClasses(packages = "dev.baton", importOptions = ArchitectureTest.ProgramOnly.class)
final class ArchitectureTest {
  private static final String SUPERVISOR = "dev.baton.supervisor";

  /** Neither this module's tests nor another's test kit, which is a jar on the class path. */
  static final class ProgramOnly implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule no_cycles_between_packages =
      slices().matching("dev.baton.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule the_core_knows_java_base_only =
      classes()
          .that()
          .resideInAPackage(SUPERVISOR + ".core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(SUPERVISOR + ".core..", "java.lang..", "java.util..");

  @ArchTest
  static final ArchRule the_core_has_no_clock_and_no_thread =
      noClasses()
          .that()
          .resideInAPackage(SUPERVISOR + ".core..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class);

  @ArchTest static final ArchRule jnr_behind_one_door = only("jnr..", "dev.baton.sys");

  /** Classes are generated where descriptors become channels of the JDK, and nowhere else. */
  @ArchTest
  static final ArchRule asm_where_channels_are_made = only("org.objectweb.asm..", "dev.baton.fd");

  /** What a schedule is, nobody else needs to know. */
  @ArchTest
  static final ArchRule cron_where_it_is_written = only("com.cronutils..", SUPERVISOR + ".config");

  @ArchTest
  static final ArchRule vertx_for_operators_and_adapters =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              SUPERVISOR + ".admin",
              SUPERVISOR + ".metrics",
              "dev.baton.worker.vertx",
              "dev.baton.worker.netty",
              "dev.baton.samples.http")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..");

  @ArchTest
  static final ArchRule jackson_where_json_is_read =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.baton.protocol",
              "dev.baton.worker..",
              SUPERVISOR + ".config",
              SUPERVISOR + ".admin",
              SUPERVISOR + ".cli",
              SUPERVISOR + ".state")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fasterxml.jackson..");

  @ArchTest static final ArchRule sys_is_at_the_bottom = layer("dev.baton.sys");

  @ArchTest static final ArchRule protocol_is_pure = layer("dev.baton.protocol");

  @ArchTest static final ArchRule fd_knows_sys = layer("dev.baton.fd", "dev.baton.sys");

  @ArchTest
  static final ArchRule channel_knows_the_three_below =
      layer("dev.baton.channel", "dev.baton.fd", "dev.baton.sys", "dev.baton.protocol");

  @ArchTest
  static final ArchRule ipc_knows_what_a_socket_is_made_of =
      layer("dev.baton.ipc", "dev.baton.fd", "dev.baton.sys", "dev.baton.protocol");

  @ArchTest
  static final ArchRule the_worker_api_does_not_know_the_supervisor =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.baton.sys..",
              "dev.baton.fd..",
              "dev.baton.channel..",
              "dev.baton.ipc..",
              "dev.baton.protocol..",
              "dev.baton.worker..",
              "dev.baton.samples..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SUPERVISOR + "..");

  @ArchTest
  static final ArchRule libraries_throw_and_programs_log =
      noClasses()
          .that()
          .resideOutsideOfPackage(SUPERVISOR + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.slf4j..", "java.util.logging..");

  @ArchTest
  static final ArchRule no_process_builder_beside_our_own_spawning =
      noClasses()
          .that()
          .resideInAPackage(SUPERVISOR + "..")
          .and()
          .resideOutsideOfPackage(SUPERVISOR + ".cli")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class);

  /** A descriptor is an {@code OwnedFd} everywhere but behind the door. */
  @ArchTest
  static final ArchRule no_bare_descriptors_in_signatures =
      methods()
          .that()
          .areDeclaredInClassesThat()
          .resideOutsideOfPackages("dev.baton.sys", "dev.baton.fd")
          .should(notTakeABareDescriptor());

  private static ArchRule only(String library, String home) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  /** Of our own packages, this one may know the given ones. */
  private static ArchRule layer(String layer, String... below) {
    return noClasses()
        .that()
        .resideInAPackage(layer)
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<>("belong to another layer of dev.baton") {
              @Override
              public boolean test(JavaClass c) {
                String name = c.getPackageName();
                return name.startsWith("dev.baton.")
                    && !name.equals(layer)
                    && !java.util.List.of(below).contains(name);
              }
            });
  }

  private static ArchCondition<JavaMethod> notTakeABareDescriptor() {
    return new ArchCondition<>("not take a descriptor as a number") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        java.lang.reflect.Parameter[] parameters;
        try {
          parameters = method.reflect().getParameters();
        } catch (NoClassDefFoundError e) {
          return; // an optional library is not there, so nothing of it can be called either
        }
        for (java.lang.reflect.Parameter p : parameters) {
          boolean bare =
              p.getType() == int.class && p.getName().matches("fd|descriptor|.*Fd|.*Descriptor");
          if (bare && !method.getFullName().contains("lambda$")) {
            events.add(
                SimpleConditionEvent.violated(
                    method, method.getFullName() + " takes the bare descriptor " + p.getName()));
          }
        }
      }
    };
  }
}
