import type { Command } from './command.ts';
import { apiResources } from './commands/api-resources.ts';
import { apply } from './commands/apply.ts';
import { attach } from './commands/attach.ts';
import { auth } from './commands/auth.ts';
import { autoscale } from './commands/autoscale.ts';
import { certificate } from './commands/certificate.ts';
import { clusterInfo } from './commands/cluster-info.ts';
import { completion } from './commands/completion.ts';
import { config } from './commands/config.ts';
import { cp } from './commands/cp.ts';
import { create } from './commands/create.ts';
import { debug } from './commands/debug.ts';
import { deleteCommand } from './commands/delete.ts';
import { describe } from './commands/describe.ts';
import { diff } from './commands/diff.ts';
import { drain } from './commands/drain.ts';
import { edit } from './commands/edit.ts';
import { events } from './commands/events.ts';
import { exec } from './commands/exec.ts';
import { explain } from './commands/explain.ts';
import { expose } from './commands/expose.ts';
import { get } from './commands/get.ts';
import { alpha, kuberc } from './commands/kuberc.ts';
import { kustomize } from './commands/kustomize.ts';
import { annotate, label } from './commands/label.ts';
import { logs } from './commands/logs.ts';
import { cordon, uncordon } from './commands/node-scheduling.ts';
import { patch } from './commands/patch.ts';
import { plugin } from './commands/plugin.ts';
import { portForward } from './commands/port-forward.ts';
import { proxy } from './commands/proxy.ts';
import { replace } from './commands/replace.ts';
import { rollout } from './commands/rollout.ts';
import { run } from './commands/run.ts';
import { scale } from './commands/scale.ts';
import { set } from './commands/set.ts';
import { taint } from './commands/taint.ts';
import { top } from './commands/top.ts';
import { apiVersions, version } from './commands/version.ts';
import { wait } from './commands/wait.ts';
import { globalOptionsText } from './help.ts';

const options: Command = {
  name: 'options',
  summary: 'List of global command-line options (applies to all commands)',
  section: 'Other Commands',
  operand: 'none',
  *run({ streams }) {
    streams.out(`The following options can be passed to any command:\n\n${globalOptionsText()}\n`);
    return 0;
  },
};

/** Every command, in the order in which `kubectl --help` lists them. */
export const root: Command = {
  name: 'kubectl',
  summary: 'kubectl controls the Kubernetes cluster manager',
  subcommands: [
    create,
    expose,
    run,
    set,
    explain,
    get,
    edit,
    deleteCommand,
    rollout,
    scale,
    autoscale,
    certificate,
    clusterInfo,
    top,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    logs,
    attach,
    exec,
    portForward,
    proxy,
    cp,
    auth,
    debug,
    events,
    diff,
    apply,
    patch,
    replace,
    wait,
    kustomize,
    label,
    annotate,
    completion,
    alpha,
    apiResources,
    apiVersions,
    config,
    kuberc,
    options,
    plugin,
    version,
    { name: 'help', summary: 'Help about any command', section: 'Other Commands' },
  ],
};
