/**
 * What a supervisor writes down so that the next one can go on: its workers, pools and listeners.
 */
package dev.baton.supervisor.state;
