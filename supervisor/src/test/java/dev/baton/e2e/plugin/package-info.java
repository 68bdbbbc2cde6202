/**
 * Plugins for end-to-end tests: one whose behaviour is a file beside its classes, so that a test
 * can change it between two generations ({@link dev.baton.e2e.kit.PluginFiles} puts it on a class
 * path), one that greets its clients and can be held at each step, one that sends datagrams back,
 * and one that has the supervisor open files. The supervisor copies their class path for each
 * generation.
 */
package dev.baton.e2e.plugin;
