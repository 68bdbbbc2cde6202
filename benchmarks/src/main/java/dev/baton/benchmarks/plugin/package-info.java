/**
 * The plugin that is measured as a server. It goes into the measured process, so it uses worker-api
 * and the JDK alone.
 */
package dev.baton.benchmarks.plugin;
