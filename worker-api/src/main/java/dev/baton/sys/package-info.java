/**
 * The only door to the kernel. {@link dev.baton.sys.Posix} is one method per system call;
 * everything above it holds descriptors as {@code dev.baton.fd.OwnedFd}, never as a number.
 */
package dev.baton.sys;
