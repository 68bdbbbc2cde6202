/**
 * A plugin whose behaviour is a file beside its classes, so that a test can change it between two
 * generations. {@link dev.baton.e2e.kit.PluginFiles} puts it on a class path; the supervisor copies
 * that for each generation.
 */
package dev.baton.e2e.plugin;
