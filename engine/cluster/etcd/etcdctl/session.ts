import { type Etcd, EtcdError } from '../../../etcd/index.ts';
import { Errno } from '../../../linux/errno.ts';
import type { Flags } from '../../../linux/programs/go/flags.ts';
import { decode, printError } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { MemberReplica } from '../members/etcd-cluster.ts';

/** What answers a process at an address of the control plane, or why nobody does. */
export type DialEtcd = (hostPort: string, process: Process) => Etcd | string;

/** What stands after `Error: `. */
export class EtcdctlError extends Error {
  override readonly name = 'EtcdctlError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What is asked of etcdctl, and where it finds etcd. */
export interface Invocation {
  readonly process: Process;
  readonly dial: DialEtcd;
  readonly flags: Flags;
  readonly args: readonly string[];
}

export type Command = (invocation: Invocation) => Task<void>;

/** One member, as `kubeadm init` makes it. The ids are what etcd hashes of its first configuration come to. */
export const MEMBER = { id: 10276657743932975437n, clusterId: 14841639068965178418n, raftTerm: 2 } as const;

/** By which the member that holds a store is known. */
export function identityOf(etcd: Etcd): { readonly id: bigint; readonly clusterId: bigint; readonly raftTerm: number } {
  if (!(etcd instanceof MemberReplica)) return MEMBER;
  const { cluster } = etcd;
  return { id: cluster.memberOf(etcd)?.id ?? 0n, clusterId: cluster.id, raftTerm: cluster.statusOf(etcd).term };
}

const CA = '/etc/kubernetes/pki/etcd/ca.crt';

export function endpointsOf(flags: Flags): readonly string[] {
  return flags
    .string('endpoints')
    .split(',')
    .map((each) => each.trim());
}

/**
 * The store at the first endpoint that answers. etcd here, as everywhere that kubeadm put it, talks TLS to those only who show a
 * certificate: without one the command waits for its time-out, which is what learners meet first.
 *
 * @param isSerializable whether what the member itself knows will do
 * @throws EtcdctlError
 */
export function* connect(asked: Pick<Invocation, 'process' | 'dial' | 'flags'>, isSerializable = false): Task<Etcd> {
  const { process, dial, flags } = asked;
  const endpoints = endpointsOf(flags);
  const answers = endpoints.find((each) => typeof dial(hostPortOf(each), process) !== 'string');
  const etcd = yield* connectTo(asked, answers ?? endpoints[0]!);
  if (!isSerializable) yield* waitForLeader(process, flags, etcd);
  return etcd;
}

/** The member at an endpoint, whether it is in touch with a majority or not. @throws EtcdctlError */
export function* connectTo(
  { process, dial, flags }: Pick<Invocation, 'process' | 'dial' | 'flags'>,
  endpoint: string,
): Task<Etcd> {
  const certificates = readCertificates(process, flags);
  const hostPort = hostPortOf(endpoint);
  const found = dial(hostPort, process);
  if (typeof found !== 'string') {
    const problem = certificateProblem(process, endpoint, certificates, flags);
    if (problem === undefined) return found;
    return yield* timeOut(process, flags, hostPort, lastError(problem));
  }
  return yield* timeOut(process, flags, hostPort, lastError(`transport: Error while dialing: ${found}`));
}

function hostPortOf(endpoint: string): string {
  return endpoint.replace(/^\w+:\/\//, '');
}

/** What all members shall agree on waits until there is a leader, as long as the command may take. @throws EtcdctlError */
export function* waitForLeader(process: Process, flags: Flags, etcd: Etcd, endpoint?: string): Task<void> {
  if (!(etcd instanceof MemberReplica)) return;
  const { cluster } = etcd;
  if (cluster.memberOf(etcd)?.isLearner === true) throw new EtcdctlError('etcdserver: rpc not supported for learner');
  const deadlineMs = process.now() + flags.number('command-timeout');
  while (!cluster.isServing(etcd)) {
    if (process.now() >= deadlineMs) {
      const target = hostPortOf(endpoint ?? endpointsOf(flags)[0]!);
      yield* warn(process, target, 'context deadline exceeded');
      throw new EtcdctlError('context deadline exceeded');
    }
    yield* process.sleep(LEADER_LOOK_MS);
  }
}

const LEADER_LOOK_MS = 100;

interface Certificates {
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
}

/** @throws EtcdctlError */
function readCertificates(process: Process, flags: Flags): Certificates {
  const read = (path: string): string | undefined => {
    if (path === '') return undefined;
    try {
      return decode(process.readFile(path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new EtcdctlError(`open ${path}: ${error.message.toLowerCase()}`);
    }
  };
  const [cert, key] = [flags.string('cert'), flags.string('key')];
  if ((cert === '') !== (key === '')) {
    throw new EtcdctlError(`KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`);
  }
  const certificate = read(cert);
  read(key);
  return { ca: read(flags.string('cacert')), certificate };
}

function certificateProblem(
  process: Process,
  endpoint: string,
  { ca, certificate }: Certificates,
  flags: Flags,
): string | undefined {
  const secure = endpoint.startsWith('https://') || (certificate !== undefined && !endpoint.startsWith('http://'));
  if (!secure) return 'error reading server preface: EOF';
  const known = decode(process.readFile(CA)).trim();
  if (!flags.bool('insecure-skip-tls-verify') && ca?.trim() !== known) {
    return 'transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority';
  }
  if (certificate === undefined) return 'error reading server preface: remote error: tls: certificate required';
  return undefined;
}

function lastError(problem: string): string {
  return `latest balancer error: connection error: desc = "${problem}"`;
}

function* timeOut(process: Process, flags: Flags, hostPort: string, problem: string): Task<never> {
  yield* process.sleep(flags.number('command-timeout'));
  yield* warn(process, hostPort, problem);
  throw new EtcdctlError('context deadline exceeded');
}

function* warn(process: Process, hostPort: string, problem: string): Task<void> {
  const warning = {
    level: 'warn',
    ts: new Date(Math.floor(process.now())).toISOString().replace(/Z$/, '000Z'),
    logger: 'etcd-client',
    msg: 'retrying of unary invoker failed',
    target: `etcd-endpoints://${hostPort}`,
    attempt: 0,
    error: `rpc error: code = DeadlineExceeded desc = ${problem}`,
  };
  yield* printError(process, `${JSON.stringify(warning)}\n`);
}

/** What the store refuses is what etcdctl prints. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EtcdError) throw new EtcdctlError(error.message);
    throw error;
  }
}
