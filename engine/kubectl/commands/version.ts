import type { Command } from '../command.ts';
import { CommandError, innerMessage, isExpected } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { writeJson } from '../output/json-writer.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

export const apiVersions: Command = {
  name: 'api-versions',
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  section: 'Other Commands',
  usage: 'api-versions',
  operand: 'none',
  *run(invocation) {
    if (invocation.args.length > 0) throw invocation.usageError(`unexpected arguments: [${invocation.args.join(' ')}]`);
    const versions = [...servedVersions(invocation)].sort();
    invocation.streams.out(versions.map((version) => `${version}\n`).join(''));
    return 0;
  },
};

function servedVersions(invocation: Invocation): readonly string[] {
  try {
    return invocation.discovery.groupVersions();
  } catch (error) {
    if (!isExpected(error)) throw error;
    throw new CommandError(`couldn't get available api versions from server: ${innerMessage(error)}`);
  }
}

export const version: Command = {
  name: 'version',
  summary: 'Print the client and server version information',
  section: 'Other Commands',
  usage: 'version [flags]',
  operand: 'none',
  flags: [
    { name: 'client', type: 'bool', help: 'Only the version of kubectl itself' },
    { name: 'output', short: 'o', type: 'string', help: 'The form of the output', values: ['json', 'yaml'] },
  ],
  *run(invocation) {
    const { flags, streams, options } = invocation;
    const output = flags.string('output');
    if (!['', 'json', 'yaml'].includes(output)) throw new CommandError("--output must be 'yaml' or 'json'");
    const clientVersion = versionInfo(options.version);
    let serverVersion: Readonly<Record<string, unknown>> | undefined;
    let failure: unknown;
    if (!flags.bool('client')) {
      try {
        serverVersion = invocation.client.request({ method: 'GET', path: '/version' }).body as Record<string, unknown>;
      } catch (error) {
        failure = error;
      }
    }
    const all = {
      clientVersion,
      kustomizeVersion: KUSTOMIZE_VERSION,
      ...(serverVersion === undefined ? {} : { serverVersion }),
    };
    if (output === 'json') streams.out(`${writeJson(all, { indent: '  ' })}\n`);
    else if (output === 'yaml') streams.out(`${writeYaml(all)}\n`);
    else {
      streams.out(`Client Version: ${options.version}\nKustomize Version: ${KUSTOMIZE_VERSION}\n`);
      if (serverVersion !== undefined) streams.out(`Server Version: ${String(serverVersion.gitVersion)}\n`);
    }
    if (failure !== undefined) throw failure;
    return 0;
  },
};

/** The kustomize that is built into kubectl 1.36. */
const KUSTOMIZE_VERSION = 'v5.8.1';

function versionInfo(gitVersion: string): Readonly<Record<string, string>> {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return { gitVersion, major, minor, platform: 'linux/amd64' };
}
