import { describeJsonError } from '../api/json-syntax.ts';
import { type Confinement, ConfinementError, type SeccompProfile } from '../linux/confinement.ts';
import type { Host } from '../linux/host.ts';
import { type ContainerConfig, CriError } from './cri.ts';

/** What containerd calls its own profile, and those of containers that ask for it, or for nothing. */
const DEFAULT_PROFILE = 'cri-containerd.apparmor.d';
const DEFAULT: Confinement = { appArmor: DEFAULT_PROFILE };

/**
 * What a container's processes are held to; privileged ones to what they ask for of AppArmor alone. Throws CriError where a
 * profile cannot be had. After containerd's `internal/cri/server/container_create_linux.go`.
 */
export function confinementOf(host: Host, security: ContainerConfig['linux']['security']): Confinement | undefined {
  const appArmor = appArmorOf(host, security);
  const seccomp = security.privileged === true ? undefined : seccompOf(host, security);
  if (seccomp !== undefined) return { seccomp, appArmor };
  if (appArmor === undefined) return undefined;
  return appArmor === DEFAULT_PROFILE ? DEFAULT : { appArmor };
}

function appArmorOf(
  host: Host,
  { privileged = false, appArmor, appArmorProfile = '' }: ContainerConfig['linux']['security'],
): string | undefined {
  if (appArmor === 'Unconfined') return undefined;
  if (appArmor !== 'Localhost') return privileged ? undefined : DEFAULT_PROFILE;
  const loaded = host.root.readText('/sys/kernel/security/apparmor/profiles');
  if (loaded.split('\n').some((line) => line.startsWith(`${appArmorProfile} (`))) return appArmorProfile;
  throw new CriError(
    'Unknown',
    `failed to get container spec opts: failed to generate apparmor spec opts: apparmor profile not found ${appArmorProfile}`,
  );
}

function seccompOf(
  host: Host,
  { seccomp, seccompFile }: ContainerConfig['linux']['security'],
): Confinement['seccomp'] | undefined {
  if (seccompFile !== undefined) return readProfile(host, seccompFile);
  return seccomp === 'RuntimeDefault' ? seccomp : undefined;
}

function readProfile(host: Host, path: string): SeccompProfile {
  const refused = (why: string) => new CriError('Unknown', `failed to create containerd container: ${why}`);
  if (!host.root.access(path, 'exists')) {
    throw refused(`cannot load seccomp profile "${path}": open ${path}: no such file or directory`);
  }
  if (host.root.stat(path).type !== 'file') {
    throw refused(`cannot load seccomp profile "${path}": read ${path}: is a directory`);
  }
  const text = host.root.readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(`decoding seccomp profile failed "${path}": ${describeJsonError(text)}`);
  }
  try {
    return host.seccompProfile(value);
  } catch (error) {
    if (!(error instanceof ConfinementError)) throw error;
    throw refused(`decoding seccomp profile failed "${path}": ${error.explanation}`);
  }
}
