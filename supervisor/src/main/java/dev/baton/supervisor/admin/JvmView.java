package dev.baton.supervisor.admin;

/**
 * What a worker says of its JVM; as old as its last answer to a heartbeat.
 *
 * @param heapUsed bytes, garbage included
 * @param heapCommitted bytes that it has of the kernel for its heap
 * @param heapMax bytes that it may have
 * @param collections of garbage since its start
 * @param collectionMillis spent in them
 */
public record JvmView(
    long heapUsed, long heapCommitted, long heapMax, long collections, long collectionMillis) {}
