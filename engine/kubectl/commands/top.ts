import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { ALL_NAMESPACES_FLAG, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';

/** The simulated cluster runs no metrics server, as a fresh real one does not: there is only the one answer. */
function* withoutMetrics(invocation: Invocation): Task<number> {
  invocation.discovery.groupVersions();
  throw new CommandError('Metrics API not available');
}

export const top: Command = {
  name: 'top',
  summary: 'Display resource (CPU/memory) usage',
  section: 'Cluster Management Commands',
  usage: 'top [flags] [options]',
  subcommands: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      summary: 'Display resource (CPU/memory) usage of nodes',
      usage: 'top node [NAME | -l label] [options]',
      operand: 'node',
      flags: [SELECTOR_FLAG, { name: 'sort-by', type: 'string', help: 'cpu or memory', values: ['cpu', 'memory'] }],
      run: withoutMetrics,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      summary: 'Display resource (CPU/memory) usage of pods',
      usage: 'top pod [NAME | -l label] [options]',
      operand: 'pod',
      flags: [
        SELECTOR_FLAG,
        ALL_NAMESPACES_FLAG,
        { name: 'containers', type: 'bool', help: 'Each container by itself' },
        { name: 'sort-by', type: 'string', help: 'cpu or memory', values: ['cpu', 'memory'] },
      ],
      run: withoutMetrics,
    },
  ],
};
