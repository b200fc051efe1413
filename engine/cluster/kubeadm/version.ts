import { print } from '../../linux/stdio.ts';
import type { Release } from '../versions.ts';
import { type Asked, type Command, KubeadmError } from './command.ts';

function clientOf(release: Release) {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(release) ?? [];
  return { major, minor, gitVersion: release, gitTreeState: 'clean', compiler: 'gc', platform: 'linux/amd64' };
}

export const VERSION: Command = {
  name: 'version',
  short: 'Print the version of kubeadm',
  flags: {
    output: {
      type: 'string',
      default: '',
      short: 'o',
      usage: "Output format; available options are 'yaml', 'json' and 'short'",
    },
  },
  *run({ process, flags, surroundings }: Asked) {
    yield* print(process, `${shown(surroundings.release, flags.string('output'))}\n`);
  },
};

function shown(release: Release, format: string): string {
  const client = clientOf(release);
  const { major, minor, gitVersion, gitTreeState, compiler, platform } = client;
  switch (format) {
    case '':
      return `kubeadm version: &version.Info{Major:"${major}", Minor:"${minor}", GitVersion:"${gitVersion}", GitTreeState:"${gitTreeState}", Compiler:"${compiler}", Platform:"${platform}"}`;
    case 'short':
      return gitVersion;
    case 'json':
      return JSON.stringify({ clientVersion: client }, undefined, 2);
    case 'yaml':
      return `clientVersion:\n${Object.entries(client)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `  ${key}: ${/^\d+$/.test(value) ? `"${value}"` : value}`)
        .join('\n')}`;
    default:
      throw new KubeadmError(`invalid output format: ${format}`);
  }
}
