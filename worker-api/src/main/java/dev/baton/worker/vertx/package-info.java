/**
 * Vert.x on listeners that the worker holds. Needs Vert.x 5 on the plugin's class path; worker-api
 * does not bring it.
 */
package dev.baton.worker.vertx;
