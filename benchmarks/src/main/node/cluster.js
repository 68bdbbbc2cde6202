// cluster.js rr|none WORKERS: Node's cluster, answering every request on a new connection with a fixed response, as
// server.c does. rr: the primary accepts and hands each connection to a worker (SCHED_RR); none: the workers accept
// (SCHED_NONE). Prints "ready PORT PID..." with its workers and serves until it is killed; they end with it.
'use strict';

const cluster = require('node:cluster');
const net = require('node:net');

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n';

function primary(policy, workers) {
  cluster.schedulingPolicy = policy === 'rr' ? cluster.SCHED_RR : cluster.SCHED_NONE;
  const pids = [];
  cluster.on('listening', (worker, address) => {
    pids.push(worker.process.pid);
    if (pids.length === workers) {
      console.log(`ready ${address.port} ${pids.join(' ')}`);
    }
  });
  cluster.on('exit', () => process.exit(111));
  for (let i = 0; i < workers; i++) {
    cluster.fork();
  }
}

function worker() {
  net
    .createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {}); // a client that has gone needs no answer
      socket.once('data', () => socket.end(RESPONSE));
    })
    .listen({ host: '127.0.0.1', port: 0, backlog: 4096 }); // the primary gives all of them the same port
}

if (cluster.isPrimary) {
  primary(process.argv[2], Number(process.argv[3]));
} else {
  worker();
}
