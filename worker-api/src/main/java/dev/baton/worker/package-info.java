/**
 * What a plugin author writes against: {@link dev.baton.worker.Worker} and {@link
 * dev.baton.worker.WorkerContext}; and the program that runs it, {@link
 * dev.baton.worker.WorkerMain}.
 */
package dev.baton.worker;
