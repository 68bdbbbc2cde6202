/**
 * The open server's second version (APUE 17.6): a named socket for processes that are not workers,
 * one JSON line a request, the descriptor beside the answer. One thread serves all clients and
 * never waits for one of them.
 */
package dev.baton.supervisor.openserver.service;
