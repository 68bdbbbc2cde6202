/**
 * Runs a plugin in a plain JVM, without a supervisor, to compare with. Its classes go into the
 * measured process, so they use worker-api and the JDK alone.
 */
package dev.baton.benchmarks.standalone;
