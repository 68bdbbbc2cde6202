/**
 * What end-to-end tests are made of: an assembled installation, a supervisor process with a
 * configuration of its own, its status, what {@code /proc} says of processes, and the checks that
 * every test ends clean.
 *
 * <p>A test class says {@link dev.baton.e2e.kit.BatonTest}, writes a {@link
 * dev.baton.e2e.kit.ConfFile}, starts a {@link dev.baton.e2e.kit.BatonProcess} in a
 * try-with-resources, and asks.
 */
package dev.baton.e2e.kit;
