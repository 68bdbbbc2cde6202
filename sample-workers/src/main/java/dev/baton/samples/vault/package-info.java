/** A plugin that serves files which its process may not open itself. */
package dev.baton.samples.vault;
