/**
 * What the supervisor holds for its whole life: listeners and files ({@link
 * dev.baton.supervisor.store.FdStore}), the runtime directory with its lock ({@link
 * dev.baton.supervisor.store.RuntimeDirectory}), and copies of plugin class paths ({@link
 * dev.baton.supervisor.store.ReleaseStore}).
 *
 * <p>The store binds every listener once; in mode {@code reuseport} once for each slot, and tells
 * the kernel which slots get what comes next ({@link dev.baton.supervisor.store.FdStore#steer}). A
 * worker is only ever lent a duplicate, so that nothing that happens to workers closes a listener;
 * and because a plugin that has the same socket can still shut it down or shrink its queue, the
 * store looks after its listeners ({@link dev.baton.supervisor.store.FdStore#guard}).
 */
package dev.baton.supervisor.store;
