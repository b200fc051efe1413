import { print } from '../../linux/stdio.ts';
import { KUBERNETES_VERSION } from '../versions.ts';
import { type Asked, type Command, KubeadmError } from './command.ts';

const [, MAJOR = '', MINOR = ''] = /^v(\d+)\.(\d+)/.exec(KUBERNETES_VERSION) ?? [];

const CLIENT = {
  major: MAJOR,
  minor: MINOR,
  gitVersion: KUBERNETES_VERSION,
  gitTreeState: 'clean',
  compiler: 'gc',
  platform: 'linux/amd64',
};

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
  *run({ process, flags }: Asked) {
    yield* print(process, `${shown(flags.string('output'))}\n`);
  },
};

function shown(format: string): string {
  const { major, minor, gitVersion, gitTreeState, compiler, platform } = CLIENT;
  switch (format) {
    case '':
      return `kubeadm version: &version.Info{Major:"${major}", Minor:"${minor}", GitVersion:"${gitVersion}", GitTreeState:"${gitTreeState}", Compiler:"${compiler}", Platform:"${platform}"}`;
    case 'short':
      return gitVersion;
    case 'json':
      return JSON.stringify({ clientVersion: CLIENT }, undefined, 2);
    case 'yaml':
      return `clientVersion:\n${Object.entries(CLIENT)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `  ${key}: ${/^\d+$/.test(value) ? `"${value}"` : value}`)
        .join('\n')}`;
    default:
      throw new KubeadmError(`invalid output format: ${format}`);
  }
}
