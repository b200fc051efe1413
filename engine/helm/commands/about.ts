import type { HelmCommand } from '../command.ts';
import { entryOf } from '../functions/arguments.ts';
import { cachePath, configPath } from '../repository/repositories.ts';
import { HELM_VERSION } from '../run.ts';

const GO_VERSION = 'go1.25.5';

export const version: HelmCommand = {
  name: 'version',
  summary: 'print the client version information',
  most: 0,
  flags: [
    { name: 'short', type: 'bool', help: 'print the version number' },
    { name: 'client', short: 'c', type: 'bool', help: 'not of use here', hidden: true },
  ],
  *run({ flags, streams }) {
    streams.out(
      flags.bool('short')
        ? `${HELM_VERSION}\n`
        : `version.BuildInfo{Version:"${HELM_VERSION}", GitCommit:"", GitTreeState:"clean", GoVersion:"${GO_VERSION}"}\n`,
    );
    return 0;
  },
};

export const env: HelmCommand = {
  name: 'env',
  summary: 'helm client environment information',
  most: 1,
  *run(run) {
    const { process, streams, args } = run;
    const home = process.env['HOME'] ?? '/root';
    const values: Readonly<Record<string, string>> = {
      HELM_BIN: 'helm',
      HELM_CACHE_HOME: `${home}/.cache/helm`,
      HELM_CONFIG_HOME: `${home}/.config/helm`,
      HELM_DATA_HOME: `${home}/.local/share/helm`,
      HELM_DEBUG: 'false',
      HELM_MAX_HISTORY: '10',
      HELM_NAMESPACE: run.namespace,
      HELM_REPOSITORY_CACHE: cachePath(process),
      HELM_REPOSITORY_CONFIG: configPath(process),
    };
    const [name] = args;
    if (name !== undefined) streams.out(`${entryOf(values, name) ?? ''}\n`);
    else
      streams.out(
        Object.entries(values)
          .map(([key, value]) => `${key}="${value}"\n`)
          .join(''),
      );
    return 0;
  },
};

export const completion: HelmCommand = {
  name: 'completion',
  summary: 'generate autocompletion scripts for the specified shell',
  subcommands: ['bash', 'zsh', 'fish', 'powershell'].map((shell) => ({
    name: shell,
    summary: `generate autocompletion script for ${shell}`,
    *run({ streams }) {
      streams.out(`# The ${shell} of this machine completes helm's words by itself.\n`);
      return 0;
    },
  })),
};
