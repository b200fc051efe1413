import { parse } from 'yaml';
import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { type ContainerConfig, CriError } from './cri.ts';

// The Container Device Interface: files on the machine say what a container needs to have a device.
// https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md

/** Later directories come before earlier ones. */
const DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];

interface Edits {
  readonly env?: readonly string[];
  readonly deviceNodes?: readonly {
    readonly path: string;
    readonly hostPath?: string;
    readonly permissions?: string;
  }[];
  readonly mounts?: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly options?: readonly string[];
  }[];
}

interface Spec {
  readonly kind: string;
  readonly devices: readonly { readonly name: string; readonly containerEdits: Edits }[];
  readonly containerEdits?: Edits;
}

/**
 * The configuration with what its CDI devices ask for.
 *
 * @param names `nvidia.com/gpu=0`
 * @throws CriError for names that no file on the machine explains
 */
export function withCdiDevices(root: Process, config: ContainerConfig, names: readonly string[]): ContainerConfig {
  if (names.length === 0) return config;
  const specs = readSpecs(root);
  const unknown: string[] = [];
  const used = new Set<Spec>();
  const edits: Edits[] = [];
  for (const name of names) {
    const [kind, device] = name.split('=');
    const spec = specs.findLast((each) => each.kind === kind && each.devices.some((known) => known.name === device));
    if (spec === undefined) {
      unknown.push(name);
      continue;
    }
    if (!used.has(spec)) edits.push(spec.containerEdits ?? {});
    used.add(spec);
    edits.push(spec.devices.find((known) => known.name === device)!.containerEdits);
  }
  if (unknown.length > 0) {
    throw new CriError('Unknown', `CDI device injection failed: unresolvable CDI devices ${unknown.join(', ')}`);
  }
  return edits.reduce(applyEdits, config);
}

function applyEdits(config: ContainerConfig, { env = [], deviceNodes = [], mounts = [] }: Edits): ContainerConfig {
  const variables = env.map((entry) => {
    const equals = entry.indexOf('=');
    return { name: entry.slice(0, equals), value: entry.slice(equals + 1) };
  });
  const devices = deviceNodes.map(({ path, hostPath = path, permissions = 'rwm' }) => {
    return { containerPath: path, hostPath, permissions };
  });
  const known = new Set(config.devices.map(({ containerPath }) => containerPath));
  return {
    ...config,
    env: [...config.env, ...variables],
    devices: [...config.devices, ...devices.filter(({ containerPath }) => !known.has(containerPath))],
    mounts: [
      ...config.mounts,
      ...mounts.map(({ hostPath, containerPath, options = [] }) => {
        return { hostPath, containerPath, readOnly: options.includes('ro') };
      }),
    ],
  };
}

/** All specifications that can be read; others are passed over, as the real cache does. */
function readSpecs(root: Process): readonly Spec[] {
  return DIRECTORIES.flatMap((directory) => {
    try {
      return root
        .readdir(directory)
        .filter(({ name }) => /\.(json|yaml)$/.test(name))
        .flatMap(({ name }) => readSpec(root, `${directory}/${name}`));
    } catch (error) {
      if (error instanceof Errno) return [];
      throw error;
    }
  });
}

function readSpec(root: Process, path: string): readonly Spec[] {
  let spec: Partial<Spec> | null;
  try {
    const text = decode(root.readFile(path));
    // JSON is YAML, but far quicker to read.
    spec = (path.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: 0 })) as Partial<Spec> | null;
  } catch {
    return [];
  }
  const valid =
    typeof spec?.kind === 'string' &&
    Array.isArray(spec.devices) &&
    spec.devices.every((device) => typeof device?.name === 'string' && typeof device.containerEdits === 'object');
  return valid ? [spec as Spec] : [];
}
