import type { FlagSpecs } from '../../../linux/programs/go/flags.ts';
import type { Command } from '../command.ts';
import { apply } from './apply.ts';
import { diff } from './diff.ts';
import { upgradeKubeletConfig, upgradeNode } from './node.ts';
import { plan } from './plan.ts';

const RENEWAL: FlagSpecs = {
  'certificate-renewal': {
    type: 'bool',
    default: true,
    usage: 'Perform the renewal of certificates used by component changed during upgrades.',
  },
};

export const UPGRADE: Command = {
  name: 'upgrade',
  short: 'Upgrade your cluster smoothly to a newer version with this command',
  commands: [
    {
      name: 'apply',
      operands: '[version]',
      short: 'Upgrade your Kubernetes cluster to the specified version',
      maxArgs: 1,
      flags: {
        ...RENEWAL,
        force: {
          type: 'bool',
          default: false,
          short: 'f',
          usage: 'Force upgrading although some requirements might not be met. Implies non-interactive mode.',
        },
        yes: { type: 'bool', default: false, short: 'y', usage: 'Do not prompt for confirmation.' },
      },
      dryRun: true,
      run: apply,
    },
    {
      name: 'diff',
      operands: '[version]',
      short:
        'Show what differences would be applied to existing static pod manifests. See also: kubeadm upgrade apply --dry-run',
      maxArgs: 1,
      flags: {
        'context-lines': { type: 'int', default: 3, short: 'c', usage: 'How many lines of context in the diff' },
      },
      run: diff,
    },
    {
      name: 'node',
      short: 'Upgrade commands for a node in the cluster',
      flags: RENEWAL,
      dryRun: true,
      run: upgradeNode,
      commands: [
        {
          name: 'phase',
          short: 'Use this command to invoke single phase of the "node" workflow',
          commands: [
            {
              name: 'kubelet-config',
              short: 'Upgrade the kubelet configuration for this node',
              run: upgradeKubeletConfig,
            },
          ],
        },
      ],
    },
    {
      name: 'plan',
      operands: '[version]',
      short:
        'Check which versions are available to upgrade to and validate whether your current cluster is upgradeable.',
      maxArgs: 1,
      run: plan,
    },
  ],
};
