import type { ApiResponse } from '../api/request.ts';
import type { Process } from '../linux/syscalls.ts';
import { innerMessage, UnreachableError } from './command-error.ts';
import type { Flags } from './flag.ts';
import { hostOf, serverTarget } from './kubeconfig.ts';
import type { KubeConfig } from './kubeconfig-contents.ts';
import { klogLine } from './request-log.ts';
import type { Streams } from './streams.ts';

// The real kubectl keeps what a server serves under ~/.kube/cache, and looks there before it asks again. Ours asks
// each time, which costs nothing here; but whether a server has ever answered shows in what is said when it is gone.

interface Owner {
  readonly process: Process;
  readonly streams: Streams;
  readonly flags: Flags;
  readonly config: KubeConfig;
  readonly commandPath: string;
}

function cachePath({ process, config, flags }: Owner): string {
  // After k8s.io/cli-runtime pkg/genericclioptions/config_flags.go (computeDiscoverCacheDir).
  const host = hostOf(serverTarget(config, flags).server).replace(/[^\w/.]/g, '_');
  return `${process.env['HOME'] ?? '/root'}/.kube/cache/discovery/${host}`;
}

/** Leaves the mark of a server that answered. */
export function rememberDiscovery(owner: Owner, { body }: ApiResponse): void {
  const { process } = owner;
  const directory = cachePath(owner);
  const path = `${directory}/servergroups.json`;
  if (process.access(path, 'exists') || !process.access(process.env['HOME'] ?? '/root', 'write')) return;
  makeDirectories(process, directory);
  process.writeFile(path, JSON.stringify(body), { mode: 0o660 });
}

function makeDirectories(process: Process, path: string): void {
  if (path === '' || process.access(path, 'exists')) return;
  makeDirectories(process, path.slice(0, path.lastIndexOf('/')));
  process.mkdir(path, 0o750);
}

/** How often a command asks in vain before it gives up. */
const ATTEMPTS: Readonly<Record<string, number>> = {
  'kubectl logs': 4,
  'kubectl exec': 4,
  'kubectl attach': 4,
  'kubectl run': 1,
  'kubectl api-resources': 1,
  'kubectl api-versions': 1,
  'kubectl explain': 2,
  'kubectl auth can-i': 2,
  'kubectl debug': 4,
  'kubectl wait': 4,
  'kubectl rollout status': 4,
  'kubectl drain': 4,
  'kubectl top node': 0,
  'kubectl top pod': 0,
};
const USUAL_ATTEMPTS = 5;

/** What client-go's discovery logs of a server that nobody has ever heard of. */
export function complainOfDiscovery(owner: Owner, error: Error): void {
  // What validates says of a server that is not there in its own way.
  const validates = owner.flags.has('validate') && owner.commandPath !== 'kubectl edit';
  const validating = validates && error instanceof UnreachableError;
  if (validating || owner.process.access(cachePath(owner), 'exists')) return;
  const cause = `couldn't get current server API group list: ${innerMessage(error)}`;
  const line = klogLine(owner.process, 'memcache.go:265', `"Unhandled Error" err=${JSON.stringify(cause)}`, 'E');
  owner.streams.err(line.repeat(validates ? 1 : (ATTEMPTS[owner.commandPath] ?? USUAL_ATTEMPTS)));
}
