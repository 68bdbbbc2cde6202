/**
 * One frame is one JSON message plus its descriptors over one SOCK_SEQPACKET socket, so that
 * descriptors can never drift from their message.
 */
package dev.baton.channel;
