/**
 * What tests of every module share: system calls that fail on order, and the check that no
 * descriptor is left. In the test-jar.
 */
package dev.baton.testkit;
