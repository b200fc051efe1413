import type { ProxyMode } from '../kube-proxy/configuration.ts';
import { ProxiedNode } from './proxied-node.ts';

// node --expose-gc engine/bench/services.ts [mode]
// What Services cost in each mode of kube-proxy: writing the rules, writing them again after one change, and connections. An
// iptables node holds a connection against as many rules as there are Services before its own; the others look it up. That is
// why there are other modes: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables

const ALL_MODES: readonly ProxyMode[] = ['userspace', 'iptables', 'ipvs', 'nftables'];
const MODES = ALL_MODES.filter((mode) => (process.argv[2] ?? mode) === mode);
const COUNTS = [10, 1000, 10_000];
/** A machine has no more processes than these, and the mode userspace needs one for each Service. */
const MOST_USERSPACE = 4000;
const CONNECTIONS = 2000;
const HELD = 1000;

/** Of CPU time, so that it does not matter who else computes. */
function milliseconds(body: () => void): number {
  const start = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function heapBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

function measure(mode: ProxyMode, count: number): void {
  const node = new ProxiedNode(mode, count);
  const firstMs = milliseconds(() => node.sync());
  node.change();
  const againMs = milliseconds(() => node.sync());
  const examined = [0, Math.floor(count / 2), count - 1].map((index) => node.examined(index));
  node.connect(200);
  const connectMs = milliseconds(() => node.connect(CONNECTIONS));
  const figures = [
    `first sync ${firstMs.toFixed(0).padStart(5)} ms`,
    `after a change ${againMs.toFixed(1).padStart(6)} ms`,
    `rules met by the first, middle and last Service ${examined.map((each) => String(each).padStart(5)).join(' ')}`,
    `${Math.round((CONNECTIONS * 1000) / connectMs)} connections/s`,
  ];
  console.log(`${mode.padEnd(9)} ${String(count).padStart(6)} Services: ${figures.join(', ')}`);
}

/** Of both ends, their descriptors, what the packet filter remembers, and the server's process. */
function memory(mode: ProxyMode): void {
  const node = new ProxiedNode(mode, 10);
  node.sync();
  node.hold(100);
  const before = heapBytes();
  node.hold(HELD);
  console.log(`${mode.padEnd(9)} heap per idle connection: ${((heapBytes() - before) / HELD / 1024).toFixed(1)} KiB`);
}

for (const mode of MODES) {
  for (const count of COUNTS) measure(mode, mode === 'userspace' ? Math.min(count, MOST_USERSPACE) : count);
}
for (const mode of MODES) memory(mode);
