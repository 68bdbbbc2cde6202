/** The bounded record of everything that happened. */
package dev.baton.supervisor.journal;
