/** A plugin that misbehaves on request, for tests. */
package dev.baton.samples.unruly;
