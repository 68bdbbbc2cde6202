"use strict";

/* What workers have done between two looks at the status, by what they say of themselves. */
const Rates = (() => {
  /* A worker answers a heartbeat every few seconds: what it says then is spread over the time since. */
  const SPAN = 10;

  class Rates {
    constructor() {
      this.past = [];
      this.seen = new Map();
      this.sum = { connections: 0, requests: 0, nanos: 0 };
    }

    /* Sums that only rise, though workers come and go. */
    count(status) {
      const now = new Map();
      status.pools.flatMap((p) => p.workers).filter((w) => w.work).forEach((w) => {
        const old = this.seen.get(w.id) || { connections: 0, requests: 0, requestNanos: 0 };
        this.sum.connections += w.work.connections - old.connections;
        this.sum.requests += w.work.requests - old.requests;
        this.sum.nanos += w.work.requestNanos - old.requestNanos;
        now.set(w.id, w.work);
      });
      this.seen = now;
      return { ...this.sum };
    }

    of(status, seconds) {
      const first = this.past.length === 0;
      this.past.push({ seconds, ...this.count(status) });
      if (first) return null;
      while (this.past.length > 2 && this.past[1].seconds <= seconds - SPAN) this.past.shift();
      const from = this.past[0];
      const to = this.past[this.past.length - 1];
      const time = Math.max(0.001, to.seconds - from.seconds);
      const requests = to.requests - from.requests;
      return {
        connections: (to.connections - from.connections) / time,
        milliseconds: requests ? (to.nanos - from.nanos) / requests / 1e6 : 0,
      };
    }
  }

  return { Rates };
})();
