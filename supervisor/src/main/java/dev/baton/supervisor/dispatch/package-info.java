/**
 * Accepting for workers: one thread for every pool with dispatched listeners accepts, chooses,
 * hands off, waits for the claim, and hands off again what a worker refused or a dead one had not
 * touched.
 */
package dev.baton.supervisor.dispatch;
