package dev.baton.e2e.kit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * On a test class: each test must end without leaks, and a failing one is reported with logs. The
 * order matters: leaks are failures to be reported, too.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({FailureReport.class, LeakCheckExtension.class})
public @interface BatonTest {}
