import type { HelmCommand } from './command.ts';
import { completion, env, version } from './commands/about.ts';
import { create, packageCommand, pull, show } from './commands/charts.ts';
import { dependency } from './commands/dependency.ts';
import { install } from './commands/install.ts';
import { lint } from './commands/lint.ts';
import { get, history, list, rollback, status, uninstall } from './commands/releases.ts';
import { repo, search } from './commands/repositories.ts';
import { template } from './commands/template.ts';
import { test } from './commands/test.ts';
import { upgrade } from './commands/upgrade.ts';

/** Every command, in the order in which `helm --help` lists them. */
export const root: HelmCommand = {
  name: 'helm',
  summary: 'The Kubernetes package manager',
  help: `The Kubernetes package manager

Common actions for Helm:

- helm search:    search for charts
- helm pull:      download a chart to your local directory to view
- helm install:   upload the chart to Kubernetes
- helm list:      list releases of charts`,
  subcommands: [
    completion,
    create,
    dependency,
    env,
    get,
    { name: 'help', summary: 'Help about any command' },
    history,
    install,
    lint,
    list,
    packageCommand,
    pull,
    repo,
    rollback,
    search,
    show,
    status,
    template,
    test,
    uninstall,
    upgrade,
    version,
  ],
};
