/** A plugin that several workers of which write to one file that the supervisor holds. */
package dev.baton.samples.scribe;
