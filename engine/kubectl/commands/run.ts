import { hasEnded } from '../../api/core/pod-phase.ts';
import type { Pod } from '../../api/kinds.ts';
import { pods } from '../../api/resources.ts';
import type { Task } from '../../sim/index.ts';
import { RECORD_FLAG } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { DELETION_FLAGS } from '../deletion.ts';
import { createObject, generatedNamespace } from '../generator.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAGS } from '../global-flags.ts';
import { isImageName } from '../image-name.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { OVERRIDE_FLAGS, withOverrides } from '../overrides.ts';
import { waitForPod } from '../pod-watch.ts';
import { checkTerminal } from '../remote-terminal.ts';
import type { Unstructured } from '../unstructured.ts';
import { attachToNew, showLog } from './attach.ts';

export const run: Command = {
  name: 'run',
  summary: 'Run a particular image on the cluster',
  section: 'Basic Commands (Beginner)',
  usage: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [-- COMMAND] [args...]',
  examples: ['kubectl run web --image=nginx', 'kubectl run -it --rm try --image=busybox -- sh'],
  requiredFlags: ['image'],
  operand: 'none',
  flags: [
    ...OUTPUT_FLAGS,
    RECORD_FLAG,
    DRY_RUN_FLAG,
    fieldManagerFlag('kubectl-run'),
    ...OVERRIDE_FLAGS,
    ...DELETION_FLAGS,
    ...FILE_FLAGS.map((flag) => ({ ...flag, hidden: true })),
    { name: 'save-config', type: 'bool', help: 'Keep the object in an annotation, for a later apply' },
    { name: 'leave-stdin-open', type: 'bool', help: 'Leave standard input open after the first session' },
    { name: 'image', type: 'string', help: 'The image to run' },
    {
      name: 'image-pull-policy',
      type: 'string',
      help: 'When to pull the image',
      values: ['Always', 'IfNotPresent', 'Never'],
    },
    {
      name: 'restart',
      type: 'string',
      default: 'Always',
      help: 'The restart policy',
      values: ['Always', 'OnFailure', 'Never'],
    },
    { name: 'env', type: 'stringArray', help: 'A variable of the environment: name=value' },
    { name: 'labels', short: 'l', type: 'string', help: 'Labels instead of run=NAME' },
    { name: 'annotations', type: 'stringArray', help: 'An annotation: key=value' },
    { name: 'port', type: 'string', help: 'The port that the container exposes' },
    { name: 'command', type: 'bool', help: 'What follows -- replaces the entrypoint, not only its arguments' },
    { name: 'stdin', short: 'i', type: 'bool', help: 'Keep standard input open' },
    { name: 'tty', short: 't', type: 'bool', help: 'Give the container a terminal' },
    { name: 'attach', type: 'bool', help: 'Wait for the container and attach to it' },
    { name: 'rm', type: 'bool', help: 'Delete the Pod afterwards' },
    { name: 'expose', type: 'bool', help: 'Create a ClusterIP Service for the Pod as well; needs --port' },
    { name: 'quiet', short: 'q', type: 'bool', help: 'Print only what the container prints' },
    { name: 'privileged', type: 'bool', help: 'Run privileged' },
    { name: 'pod-running-timeout', type: 'duration', default: '1m0s', help: 'How long to wait for the Pod to run' },
  ],
  *run(invocation) {
    const { flags, args } = invocation;
    const [name] = args;
    if (name === undefined) throw invocation.usageError('NAME is required for run');
    const attached = flags.bool('attach') || flags.bool('stdin') || flags.bool('tty');
    checkFlags(invocation, attached);
    const object = withOverrides(invocation, podObject(invocation, name), 'io.k8s.api.core.v1.Pod');
    const namespace = generatedNamespace(invocation, invocation.namespace);
    const created = yield* invocation.patiently(() => createObject(invocation, object, namespace));
    if (!attached) {
      const report = new Report(invocation, true);
      if (flags.bool('expose')) {
        const service = serviceFor(created, flags.string('port'));
        report.done(yield* invocation.patiently(() => createObject(invocation, service, namespace)), 'created');
        // Each of the two is printed by a printer of its own.
        if (flags.string('output') === 'yaml') invocation.streams.out('---\n');
      }
      report.done(created, 'created');
      return 0;
    }
    try {
      return yield* attachToRun(invocation, created as unknown as Pod);
    } finally {
      if (flags.bool('rm')) yield* invocation.patiently(() => removePod(invocation, name));
    }
  },
};

function checkFlags(invocation: Invocation, attached: boolean): void {
  const { flags } = invocation;
  const image = flags.string('image');
  if (image === '') throw new CommandError('--image is required');
  if (!isImageName(image))
    throw new CommandError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw invocation.usageError('-i/--stdin is required for containers with -t/--tty=true');
  if (flags.bool('rm') && !attached) throw invocation.usageError('--rm should only be used for attached containers');
  if (flags.bool('expose') && flags.string('port') === '') {
    throw invocation.usageError('--port must be set when exposing a service');
  }
  const restart = flags.string('restart');
  if (!['Always', 'OnFailure', 'Never'].includes(restart))
    throw invocation.usageError(`invalid restart policy: ${restart}`);
  if (attached && invocation.dryRun !== 'none') {
    throw invocation.usageError(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  }
  const pull = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull))
    throw invocation.usageError(`invalid image pull policy: ${pull}`);
  const port = flags.string('port');
  if (!/^[+-]?\d*$/.test(port)) throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
}

function podObject({ flags, args }: Invocation, name: string): Unstructured {
  const command = args.slice(1);
  const labels =
    flags.string('labels') === ''
      ? { run: name }
      : Object.fromEntries(pairs(flags.string('labels').split(','), 'label'));
  const env = pairs(flags.list('env'), 'env').map(([key, value]) => ({ name: key, value }));
  const port = flags.string('port');
  const pull = flags.string('image-pull-policy');
  const container = {
    ...(command.length === 0 ? {} : { [flags.bool('command') ? 'command' : 'args']: command }),
    ...(env.length === 0 ? {} : { env }),
    image: flags.string('image'),
    ...(pull === '' ? {} : { imagePullPolicy: pull }),
    name,
    ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
    resources: {},
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('stdin') && !flags.bool('leave-stdin-open') ? { stdinOnce: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
  const annotations = Object.fromEntries(pairs(flags.list('annotations'), 'annotation'));
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...(Object.keys(annotations).length === 0 ? {} : { annotations }), labels, name },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.string('restart') },
    status: {},
  };
  return pod as unknown as Unstructured;
}

/** What `--expose` adds: a Service in front of the Pod, by the Pod's own labels. */
function serviceFor({ metadata }: Unstructured, port: string): Unstructured {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: metadata.name },
    spec: {
      ports: [{ port: Number(port), protocol: 'TCP', targetPort: Number(port) }],
      selector: metadata.labels,
    },
    status: { loadBalancer: {} },
  };
  return service as unknown as Unstructured;
}

function pairs(texts: readonly string[], what: string): readonly (readonly [string, string])[] {
  return texts.map((text) => {
    const equals = text.indexOf('=');
    if (equals < 1)
      throw new CommandError(what === 'env' ? `invalid env: ${text}` : `unexpected ${what} spec: ${text}`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
}

function* attachToRun(invocation: Invocation, created: Pod): Task<number> {
  const { flags } = invocation;
  const pod = yield* waitUntilStarted(invocation, created);
  const container = pod.spec.containers[0]!.name;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') {
    // Too late to attach: what it said is in its log.
    yield* showLog(invocation, pod, container);
  } else {
    const options = checkTerminal(invocation, { stdin: flags.bool('stdin'), tty: flags.bool('tty') });
    yield* attachToNew(invocation, pod, container, options);
  }
  return flags.string('restart') === 'Never' ? yield* exitCodeOf(invocation, pod) : 0;
}

function* waitUntilStarted(invocation: Invocation, created: Pod): Task<Pod> {
  const deadlineMs = invocation.now() + invocation.flags.duration('pod-running-timeout');
  return yield* waitForPod(
    invocation,
    created,
    deadlineMs,
    ({ status }) => status?.phase !== undefined && status.phase !== 'Pending',
  );
}

/** With `--restart=Never` the container's exit code becomes kubectl's. */
function* exitCodeOf(invocation: Invocation, pod: Pod): Task<number> {
  const final = yield* waitForPod(invocation, pod, invocation.now() + 60_000, hasEnded);
  const exitCode = final.status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? 0;
  if (exitCode === 0) return 0;
  const { namespace, name } = pod.metadata;
  throw new CommandError(
    `pod ${namespace}/${name} terminated (${final.status?.containerStatuses?.[0]?.state?.terminated?.reason ?? 'Error'})`,
    { exitCode, verbatim: true },
  );
}

function removePod(invocation: Invocation, name: string): void {
  invocation.of(pods).delete(name, invocation.namespace, { propagationPolicy: 'Background' });
  if (!invocation.flags.bool('quiet')) {
    invocation.streams.out(`pod ${JSON.stringify(name)} deleted from ${invocation.namespace} namespace\n`);
  }
}
