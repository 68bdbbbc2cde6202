/**
 * The messages between a supervisor and its workers: sealed records, versions, limits, JSON. Pure:
 * no I/O. {@code docs/protocol.md} specifies the same for other languages.
 */
package dev.baton.protocol;
