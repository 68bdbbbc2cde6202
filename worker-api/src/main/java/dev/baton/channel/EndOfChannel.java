package dev.baton.channel;

import java.io.IOException;

/** The peer's end is closed and all it had sent was read: the death notice, in both directions. */
public final class EndOfChannel extends IOException {
  private static final long serialVersionUID = 1L;

  EndOfChannel() {
    super("the peer has closed its channel");
  }
}
