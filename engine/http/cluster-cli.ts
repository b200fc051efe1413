import type { AddressInfo } from 'node:net';
import { writeKubeconfig } from './kubeconfig.ts';
import { LiveCluster } from './live-cluster.ts';
import { readOptions, USAGE } from './options.ts';
import { createHttpServer } from './server.ts';

// `npm run cluster`: a simulated cluster for real clients.

function main(): void {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const cluster = new LiveCluster({ ...options, failed: fail });
  const server = createHttpServer(cluster);
  server.on('error', fail);
  server.listen(options.port, options.address, () => {
    const { address, port, family } = server.address() as AddressInfo;
    const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    const kubeconfig = writeKubeconfig(url, port, options.kubeconfig);
    cluster.start();
    const restored = cluster.restored > 0 ? `, brought back with ${cluster.restored} changes` : '';
    process.stdout.write(`The cluster serves on ${url}${restored}. In another terminal:\n`);
    process.stdout.write(`export KUBECONFIG=${kubeconfig}; kubectl get nodes\n`);
  });
  const stop = (): void => {
    cluster.stop();
    server.close();
    server.closeAllConnections();
    // Upgraded connections are no longer the server's to close.
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error && error.stack !== undefined ? error.stack : error}\n`);
  process.exit(1);
}

try {
  main();
} catch (error) {
  process.stderr.write(`cluster: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
