/** A small authoritative name server. */
package dev.baton.samples.dns;
