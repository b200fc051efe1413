import { ConfigurationError } from '../../api/config-shape.ts';
import { type FeatureGates, NO_FEATURES } from '../../api/feature-gates.ts';
import type { Etcd, EtcdClient } from '../../etcd/index.ts';
import { auditedHandler, readPolicy } from '../../kube-apiserver/audit/index.ts';
import type { AdmissionFlags, ApiServerOptions } from '../../kube-apiserver/index.ts';
import { FlagError } from '../../linux/programs/go/flags.ts';
import { flagValue, goError, klog } from '../../linux/programs/go/runtime.ts';
import { printError } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { TaskGroup } from '../../linux/task-group.ts';
import type { Task } from '../../sim/index.ts';
import { configuredAdmission } from './admission-configuration.ts';
import { openAuditLog } from './audit-log.ts';
import { type EncryptionSurroundings, encryptingClient } from './encryption-at-rest.ts';
import { type PlainFlags, readPlainFlags } from './server-flags.ts';
import { readTextFile } from './text-file.ts';
import { readStaticTokens } from './token-auth-file.ts';

/** What the API server does because of files, and of flags that kubeadm does not write. */
export interface ServerFiles extends Pick<PlainFlags, 'alphaKinds'> {
  readonly options: PlainFlags['options'] & Pick<ApiServerOptions, 'audit' | 'staticTokens'>;
  readonly admission: Pick<AdmissionFlags, 'configured' | 'tolerationSeconds'>;
  /** The way to a store, past whoever encrypts what is written. */
  clientOf(store: Etcd): EtcdClient;
}

interface ServerFilesSurroundings extends EncryptionSurroundings {
  readonly featureGates: FeatureGates | undefined;
}

/** Reads what the flags name; undefined, with a word to the log, for what is no good. */
export type ReadServerFiles = (surroundings: ServerFilesSurroundings) => Task<ServerFiles | undefined>;

export const readServerFiles: ReadServerFiles = function* (surroundings) {
  const { process } = surroundings;
  const warnings: string[] = [];
  let problem: Error;
  try {
    const files = filesOf(surroundings, warnings);
    for (const warning of warnings) yield* klog(process, 'W', 'reader.go:80', warning);
    return files;
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof FlagError)) throw error;
    problem = error;
  }
  if (problem instanceof FlagError) yield* printError(process, `Error: ${problem.message}\n`);
  else yield* klog(process, 'E', 'run.go:72', `"command failed" err=${JSON.stringify(problem.message)}`);
  return undefined;
};

/** @throws ConfigurationError, FlagError */
function filesOf(surroundings: ServerFilesSurroundings, warnings: string[]): ServerFiles {
  const { process, threads, featureGates = NO_FEATURES } = surroundings;
  const { options, tolerationSeconds, alphaKinds } = readPlainFlags(process.argv, featureGates);
  const clientOf = encryptingClient(surroundings);
  const configured = configuredAdmission(process);
  const staticTokens = readStaticTokens(process);
  const audit = auditOf(process, threads, warnings);
  return {
    options: { ...options, staticTokens, audit },
    alphaKinds,
    admission: { configured, tolerationSeconds },
    clientOf,
  };
}

const MEGABYTE = 1024 * 1024;
const DAY_MS = 24 * 3600 * 1000;
/** In megabytes; what the library takes 0 for, too. */
const DEFAULT_MAX_SIZE = 100;

/** @throws ConfigurationError */
function auditOf(process: Process, threads: TaskGroup, warnings: string[]): ApiServerOptions['audit'] {
  const { argv } = process;
  const maxSize = limitOf(argv, 'audit-log-maxsize');
  const maxBackups = limitOf(argv, 'audit-log-maxbackup');
  const maxAge = limitOf(argv, 'audit-log-maxage');
  const policyPath = flagValue(argv, 'audit-policy-file') ?? '';
  const policy = policyPath === '' ? undefined : policyOf(process, policyPath, warnings);
  const path = flagValue(argv, 'audit-log-path') ?? '';
  // One without the other says nothing to anybody.
  if (path === '' || policy === undefined) return undefined;
  const maxSizeBytes = (maxSize || DEFAULT_MAX_SIZE) * MEGABYTE;
  const write = openingLog(() =>
    openAuditLog(process, { path, maxSizeBytes, maxBackups, maxAgeMs: maxAge * DAY_MS }, threads),
  );
  return (server, handle) => auditedHandler(server, handle, policy, write);
}

function openingLog<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new ConfigurationError(goError('ensureLogFile', error));
  }
}

function policyOf(process: Process, path: string, warnings: string[]) {
  const text = readTextFile(
    process,
    path,
    (why) => `loading audit policy file: failed to read file path ${JSON.stringify(path)}: ${why}`,
  );
  try {
    const { policy, unknown } = readPolicy(text);
    if (unknown.length > 0) {
      const why = `strict decoding error: ${unknown.join(', ')}`;
      warnings.push(`Audit policy contains errors, falling back to lenient decoding: ${why}`);
    }
    return policy;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`loading audit policy file: ${error.message}: from file ${path}`);
  }
}

function limitOf(argv: readonly string[], flag: string): number {
  const value = Number(flagValue(argv, flag) ?? 0);
  if (value < 0) throw new ConfigurationError(`--${flag} ${value} can't be a negative number`);
  return value;
}
