/**
 * Who owns a descriptor. {@link dev.baton.fd.OwnedFd} is the only type above {@code dev.baton.sys}
 * that holds a number; {@link dev.baton.fd.Adoption} turns one into a {@code java.nio} channel.
 */
package dev.baton.fd;
