/** Makes, watches and reaps worker processes, and keeps what they leave behind. */
package dev.baton.supervisor.process;
