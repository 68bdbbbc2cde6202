/**
 * Netty on listeners that the worker holds. Needs Netty on the plugin's class path (NIO transport);
 * worker-api does not bring it.
 */
package dev.baton.worker.netty;
