/** The composition root: puts the parts of a supervisor together, and {@code main}. */
package dev.baton.supervisor;
