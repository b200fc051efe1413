import type { Container, Node, Pod } from '../../api/kinds.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import { pods } from '../../api/resources.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { type DebugProfile, debugProfile, nodeDebugger, strippedCopy } from '../debug-profile.ts';
import { FILE_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { readWholeFile } from '../manifest-files.ts';
import { waitForPod } from '../pod-watch.ts';
import { randomSuffix } from '../random-suffix.ts';
import { checkTerminal } from '../remote-terminal.ts';
import { type Found, findObjects } from '../resource-finder.ts';
import { isObject, type Unstructured } from '../unstructured.ts';
import { ManifestError, readManifest } from '../yaml/yaml-reader.ts';
import { attachToNew, showLog } from './attach.ts';

const LEGACY =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n';

/** https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/ */
export const debug: Command = {
  name: 'debug',
  summary: 'Create debugging sessions for troubleshooting workloads and nodes',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  examples: [
    'kubectl debug web -it --image=busybox',
    'kubectl debug node/node-1 -it --image=busybox --profile=general',
  ],
  operand: 'pod',
  flags: [
    ...FILE_FLAGS.filter(({ name }) => name === 'filename'),
    { name: 'image', type: 'string', help: 'The image of the debugging container' },
    { name: 'image-pull-policy', type: 'string', help: 'When to pull it', values: ['Always', 'IfNotPresent', 'Never'] },
    { name: 'container', short: 'c', type: 'string', help: 'The name of the debugging container' },
    { name: 'target', type: 'string', help: 'Share the processes of this container' },
    {
      name: 'profile',
      type: 'string',
      default: 'legacy',
      help: 'legacy, general, baseline, restricted, netadmin or sysadmin',
    },
    { name: 'copy-to', type: 'string', help: 'Make a copy of the Pod with this name' },
    { name: 'replace', type: 'bool', help: 'With --copy-to: delete the original Pod' },
    { name: 'same-node', type: 'bool', help: 'With --copy-to: on the same node' },
    { name: 'share-processes', type: 'bool', default: 'true', help: 'With --copy-to: containers see each other' },
    { name: 'set-image', type: 'stringSlice', help: 'With --copy-to: name=image, or *=image for all' },
    { name: 'keep-labels', type: 'bool', help: 'With --copy-to: keep the labels' },
    { name: 'keep-annotations', type: 'bool', help: 'With --copy-to: keep the annotations' },
    { name: 'keep-liveness', type: 'bool', help: 'With --copy-to: keep liveness probes' },
    { name: 'keep-readiness', type: 'bool', help: 'With --copy-to: keep readiness probes' },
    { name: 'keep-startup', type: 'bool', help: 'With --copy-to: keep startup probes' },
    { name: 'keep-init-containers', type: 'bool', default: 'true', help: 'With --copy-to: keep init containers' },
    { name: 'env', type: 'stringArray', help: 'A variable of the environment: name=value' },
    { name: 'arguments-only', type: 'bool', help: 'What follows -- are arguments of the entrypoint' },
    { name: 'stdin', short: 'i', type: 'bool', help: 'Keep standard input open' },
    { name: 'tty', short: 't', type: 'bool', help: 'Give the container a terminal' },
    { name: 'attach', type: 'bool', help: 'Wait for the container and attach to it' },
    { name: 'quiet', short: 'q', type: 'bool', help: 'Print less' },
    { name: 'custom', type: 'string', help: 'A file with more of the container, as JSON or YAML' },
  ],
  *run(invocation) {
    const { flags, args, argsBeforeDash, streams } = invocation;
    const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
    const targets = argsBeforeDash < 0 ? args : args.slice(0, argsBeforeDash);
    check(invocation, command);
    customSpec(invocation);
    const profile = debugProfile(flags.string('profile'));
    if (flags.string('profile') === 'legacy') streams.err(LEGACY);
    const withoutType = targets.map((target) => (target.includes('/') ? target : `pods/${target}`));
    const { found, errors } = yield* findObjects(invocation, { args: withoutType });
    throwCollected(errors);
    for (const one of found) yield* debugOne(invocation, one, profile, command);
    return 0;
  },
};

function check({ flags }: Invocation, command: readonly string[]): void {
  const copied = flags.string('copy-to') !== '';
  const given = flags.string('image') !== '';
  if (!copied) {
    if (flags.list('set-image').length > 0) throw new CommandError('--set-image may only be used with --copy-to.');
    if (!given) throw new CommandError('you must specify --image when not using --copy-to.');
  } else if (!given && flags.list('set-image').length === 0 && command.length === 0) {
    throw new CommandError('you must specify --image, --set-image or command arguments.');
  }
  if (flags.string('target') !== '' && copied)
    throw new CommandError('--target is incompatible with --copy-to. Use --share-processes instead.');
  if (flags.bool('tty') && !flags.bool('stdin')) {
    throw new CommandError('-i/--stdin is required for containers with -t/--tty=true');
  }
}

function* debugOne(
  invocation: Invocation,
  found: Found,
  profile: DebugProfile,
  command: readonly string[],
): Task<void> {
  const { resource } = found;
  if (resource.kind === 'Node') yield* debugNode(invocation, found.object as unknown as Node, profile, command);
  else if (resource.kind !== 'Pod') {
    const { group, version, kind } = resource;
    throw new CommandError(`${JSON.stringify(`${group}/${version}, Kind=${kind}`)} not supported by debug`);
  } else if (invocation.flags.string('copy-to') === '') {
    yield* debugPod(invocation, found.object as unknown as Pod, profile, command);
  } else yield* debugCopy(invocation, found.object as unknown as Pod, profile, command);
}

/** Adds an ephemeral container to the running Pod. */
function* debugPod(invocation: Invocation, pod: Pod, profile: DebugProfile, command: readonly string[]): Task<void> {
  const { flags, streams } = invocation;
  const { name, namespace } = pod.metadata;
  const target = flags.string('target');
  if (target !== '' && !flags.bool('quiet')) {
    streams.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  }
  const container = debugContainer(invocation, profile, command);
  const added = { ...container, ...(target === '' ? {} : { targetContainerName: target }) };
  const body = { spec: { ephemeralContainers: [added] } };
  const options = { subresource: 'ephemeralcontainers' };
  const updated = yield* invocation.patiently(() =>
    invocation.of(pods).patch(name, namespace, 'strategic-merge', body, options),
  );
  yield* attachWhenRunning(invocation, updated as unknown as Pod, container.name);
}

/** A second Pod like the first, with one more container or other images. */
function* debugCopy(invocation: Invocation, pod: Pod, profile: DebugProfile, command: readonly string[]): Task<void> {
  const { flags } = invocation;
  const withImages = withSetImages(pod.spec.containers, flags.list('set-image'));
  let copy: Pod = { ...pod, spec: { ...pod.spec, containers: withImages } };
  const debugged = debuggedContainer(invocation, withImages, profile, command);
  if (debugged !== undefined) {
    const isNew = withImages.every(({ name }) => name !== debugged.name);
    const others = withImages.map((each) => (each.name === debugged.name ? debugged : each));
    const containers = isNew ? [...others, debugged] : others;
    copy = strippedCopy({ ...copy, spec: { ...copy.spec, containers } }, keptParts(invocation));
  }
  const shared = profile.shareProcesses && flags.string('image') !== '' ? true : flags.changed('share-processes');
  const { nodeName, ephemeralContainers: _, ...spec } = copy.spec;
  const { labels, annotations, namespace } = copy.metadata;
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: flags.string('copy-to'),
      namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec: {
      ...spec,
      ...(flags.bool('same-node') && nodeName !== undefined ? { nodeName } : {}),
      ...(shared ? { shareProcessNamespace: flags.bool('share-processes') } : {}),
    },
  };
  if (flags.bool('replace'))
    yield* invocation.patiently(() => invocation.of(pods).delete(pod.metadata.name, namespace));
  const created = yield* createPod(invocation, object);
  if (debugged !== undefined) yield* attachWhenRunning(invocation, created as unknown as Pod, debugged.name);
}

function createPod(invocation: Invocation, object: object): Task<Unstructured> {
  return invocation.patiently(() =>
    invocation.of(pods).create(object as unknown as Unstructured, invocation.writeOptions()),
  );
}

function keptParts({ flags }: Invocation) {
  return {
    labels: flags.bool('keep-labels'),
    annotations: flags.bool('keep-annotations'),
    livenessProbe: flags.bool('keep-liveness'),
    readinessProbe: flags.bool('keep-readiness'),
    startupProbe: flags.bool('keep-startup'),
    initContainers: flags.bool('keep-init-containers'),
  };
}

function withSetImages(containers: readonly Container[], specs: readonly string[]): Container[] {
  const images = new Map(
    specs.map((spec) => {
      const [name = '', image = ''] = spec.split(/=(.*)/s);
      if (name === '' || image === '') throw new CommandError(`invalid image spec: ${spec}`);
      return [name, image] as const;
    }),
  );
  return containers.map((container) => {
    const image = images.get(container.name) ?? images.get('*');
    return image === undefined ? container : { ...container, image };
  });
}

/** The container of a copy that is debugged: a new one, or a changed one; none where only images were set. */
function debuggedContainer(
  invocation: Invocation,
  containers: readonly Container[],
  profile: DebugProfile,
  command: readonly string[],
): Container | undefined {
  const { flags } = invocation;
  const existing = containers.find(({ name }) => name === flags.string('container'));
  if (existing === undefined) {
    if (flags.string('image') !== '') return debugContainer(invocation, profile, command);
    if (flags.list('set-image').length > 0) return undefined;
    throw new CommandError('you must specify image when creating new container');
  }
  const { image, resources, terminationMessagePolicy, ...changes } = containerSpec(invocation, existing.name, command);
  const { stdin, tty, ...kept } = existing;
  const { command: replaced, args, ...rest } = kept;
  const { securityContext } = profile;
  return {
    ...(command.length === 0 || flags.bool('arguments-only') ? kept : rest),
    ...changes,
    ...(image === '' ? {} : { image }),
    ...(securityContext && { securityContext: { ...existing.securityContext, ...securityContext } }),
  };
}

/** A Pod on the node, in the node's own namespaces. */
function* debugNode(invocation: Invocation, node: Node, profile: DebugProfile, command: readonly string[]): Task<void> {
  const { flags, streams } = invocation;
  const nodeName = node.metadata.name;
  const name = `node-debugger-${nodeName}-${randomSuffix(invocation.process)}`;
  const container = containerSpec(invocation, flags.string('container') || 'debugger', command);
  if (!flags.bool('quiet')) {
    streams.out(`Creating debugging pod ${name} with container ${container.name} on node ${nodeName}.\n`);
  }
  const object = nodeDebugger(name, nodeName, container, profile);
  const { namespace } = invocation;
  const created = yield* createPod(invocation, { ...object, metadata: { ...object.metadata, namespace } });
  yield* attachWhenRunning(invocation, created as unknown as Pod, container.name);
}

/** The container for a Pod or its copy. */
function debugContainer(invocation: Invocation, profile: DebugProfile, command: readonly string[]): Container {
  const { flags, streams } = invocation;
  let name = flags.string('container');
  if (name === '') {
    name = `debugger-${randomSuffix(invocation.process)}`;
    if (!flags.bool('quiet')) streams.out(`Defaulting debug container name to ${name}.\n`);
  }
  const container = containerSpec(invocation, name, command);
  const { securityContext } = profile;
  const secured = securityContext === undefined ? container : { ...container, securityContext };
  const custom = customSpec(invocation);
  return custom === undefined ? secured : (applyStrategicMergePatch(CONTAINER_SCHEMA, secured, custom) as Container);
}

const CONTAINER_SCHEMA = 'io.k8s.api.core.v1.Container';

/** What `--custom` lays over the container. @throws CommandError */
function customSpec({ flags, process }: Invocation): object | undefined {
  const path = flags.string('custom');
  if (path === '') return undefined;
  const what = 'must pass a container spec json file for custom profile';
  try {
    const value = readManifest(readWholeFile(process, path));
    if (isObject(value)) return value;
  } catch (error) {
    if (error instanceof ManifestError) throw new CommandError(`error unmarshaling custom profile: ${error.message}`);
    if (error instanceof CommandError) throw new CommandError(`${what}: ${error.message}`);
    throw error;
  }
  throw new CommandError(what);
}

function containerSpec({ flags }: Invocation, name: string, command: readonly string[]): Container {
  const env = flags.list('env').map((text) => {
    const [variable = '', value] = text.split(/=(.*)/s);
    if (value === undefined || variable === '') throw new CommandError(`invalid env: ${text}`);
    return { name: variable, value };
  });
  const pull = flags.string('image-pull-policy');
  return {
    ...(command.length === 0 ? {} : { [flags.bool('arguments-only') ? 'args' : 'command']: [...command] }),
    ...(env.length === 0 ? {} : { env }),
    image: flags.string('image'),
    ...(pull === '' ? {} : { imagePullPolicy: pull as 'Always' }),
    name,
    resources: {},
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    terminationMessagePolicy: 'File',
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
}

function* attachWhenRunning(invocation: Invocation, pod: Pod, container: string): Task<void> {
  const { flags, streams } = invocation;
  const attached = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
  if (!attached) return;
  yield* streams.flush();
  const statusOf = ({ status }: Pod) =>
    [...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find(
      ({ name }) => name === container,
    );
  const started = yield* waitForPod(invocation, pod, Number.POSITIVE_INFINITY, (current) => {
    const state = statusOf(current)?.state;
    const message = state?.waiting?.message ?? '';
    if (message !== '' && !flags.bool('quiet')) streams.err(`Warning: container ${container}: ${message}\n`);
    return state?.running !== undefined || state?.terminated !== undefined;
  });
  if (statusOf(started)?.state?.terminated !== undefined) {
    // Too late to attach: what it said is in its log.
    yield* showLog(invocation, started, container);
    return;
  }
  const options = checkTerminal(invocation, { stdin: flags.bool('stdin'), tty: flags.bool('tty') });
  yield* attachToNew(invocation, started, container, options);
}
