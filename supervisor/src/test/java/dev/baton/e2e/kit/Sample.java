package dev.baton.e2e.kit;

/** The sample plugins that tests run. */
public enum Sample {
  /** The smallest plugin: answers with pool, slot, generation and pid as JSON. */
  HELLO("dev.baton.samples.hello.HelloWorker"),
  /** A Vert.x HTTP server; needs the libraries beside the samples. */
  HTTP("dev.baton.samples.http.HttpWorker"),
  /** Appends lines to a held file. */
  SCRIBE("dev.baton.samples.scribe.ScribeWorker"),
  /** A name server over UDP and TCP. */
  DNS("dev.baton.samples.dns.DnsWorker"),
  /** Serves the files of a folder that its pool's open rules allow. */
  VAULT("dev.baton.samples.vault.VaultWorker"),
  /** Misbehaves on request. */
  UNRULY("dev.baton.samples.unruly.UnrulyWorker");

  private final String plugin;

  Sample(String plugin) {
    this.plugin = plugin;
  }

  /** The name of the plugin's class. */
  public String plugin() {
    return plugin;
  }
}
