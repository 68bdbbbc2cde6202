/** An HTTP server with Vert.x that tells its clients before it goes. */
package dev.baton.samples.http;
