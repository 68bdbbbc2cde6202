package dev.baton.sys;

/**
 * Who connected, by the kernel's word ({@code unix(7)}, SO_PEERCRED; APUE 17.3). On a socketpair it
 * names the process that made the pair.
 */
public record PeerCredentials(int pid, int uid, int gid) {}
