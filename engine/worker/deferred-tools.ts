import { CSI_PROGRAMS } from '../cluster/add-ons/csi-hostpath.ts';
import { DEBIAN_PROGRAMS, type DebianTools } from '../cluster/machines/debian-packages.ts';
import type { ComponentTools, KubectlTools, ProgramTools, WorkstationTools } from '../cluster/workstation-tools.ts';
import type { Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { type LateComing, LatePart } from './late-part.ts';
import type { LateParts } from './late-parts.ts';

/** The workstation's tools, to be loaded while the learner already looks at a prompt. */
export interface DeferredTools extends LateComing {
  readonly tools: WorkstationTools;
  /** Resolves when a shell may be given lines: what is asked in the middle of a step has come. Programs may be on their way. */
  readonly ready: Promise<void>;
  /** Resolves when everything has come; rejects when something cannot be loaded. */
  readonly complete: Promise<void>;
}

/** Verbs of kubectl that never need what the documentation says of fields, which comes last. */
const WITHOUT_DESCRIPTIONS = new Set(
  `annotate api-resources api-versions apply attach auth autoscale certificate cluster-info config cordon cp create debug delete
  describe diff drain edit events exec expose get label logs patch port-forward proxy replace rollout run scale set taint top
  uncordon version wait`.split(/\s+/),
);

/** Stands in for the tools until they are there. */
export function deferTools(parts: LateParts): DeferredTools {
  const descriptions = new LatePart(parts.descriptions);
  const kubectl = new LatePart(parts.kubectl.then((kubectlWith) => kubectlWith(() => descriptions.value)));
  const components = new LatePart(parts.components);
  const programs = new LatePart(parts.programs);
  const all = [kubectl, components, programs, descriptions];
  const arrived = (some: readonly LatePart<unknown>[]) =>
    Promise.all(some.map(({ arrival }) => arrival)).then(() => {});
  const deferred = {
    tools: { ...deferKubectl(kubectl, descriptions), ...deferComponents(components), ...deferPrograms(programs) },
    ready: arrived([kubectl, components]),
    complete: arrived(all),
    get arrived() {
      return all.every(({ here }) => here);
    },
    missing: () => all.find(({ missing }) => missing)?.arrival,
  };
  for (const promise of [deferred.ready, deferred.complete]) promise.catch(() => {});
  return deferred;
}

function deferKubectl(kubectl: LatePart<KubectlTools>, descriptions: LatePart<unknown>): KubectlTools {
  return {
    kubectl(connect, release) {
      const plain = late([kubectl], () => kubectl.value.kubectl(connect, release));
      const explaining = late([kubectl, descriptions], () => plain);
      return (process) => (WITHOUT_DESCRIPTIONS.has(process.argv[1] ?? '') ? plain : explaining)(process);
    },
    certificateUser: (certificate, authority, nowMs) => kubectl.value.certificateUser(certificate, authority, nowMs),
    completeKubectl: (words, transport) => kubectl.value.completeKubectl(words, transport),
  };
}

function deferComponents(components: LatePart<ComponentTools>): ComponentTools {
  return {
    apiExtensions: () => components.value.apiExtensions(),
    addressUpkeep: () => (components.here ? components.value.addressUpkeep() : undefined),
    httpExchange: () => components.value.httpExchange(),
    serverProxy: () => components.value.serverProxy(),
    requestFollower: () => components.value.requestFollower(),
    createDeviceManager: (surroundings) => components.value.createDeviceManager(surroundings),
    createNodePlugins: (surroundings) => components.value.createNodePlugins(surroundings),
    bootstrapTokenUser: (token, nowMs, lookup) => components.value.bootstrapTokenUser(token, nowMs, lookup),
    bootstrapTokenWork: () => components.value.bootstrapTokenWork(),
    claimWork: () => components.value.claimWork(),
    bootstrapKubelet: (process, connect) => components.value.bootstrapKubelet(process, connect),
    readKubeletConfiguration: (root, path) => components.value.readKubeletConfiguration(root, path),
    openKubeletDoor: (options) => components.value.openKubeletDoor(options),
    unitTools: {
      readUnits: (root) => components.value.unitTools.readUnits(root),
      unitCommand: (root, unit) => components.value.unitTools.unitCommand(root, unit),
      admitStart: (...start) => components.value.unitTools.admitStart(...start),
    },
    gpuBehaviour: (gpus) => components.value.gpuBehaviour(gpus),
    securityModules: (kernel) => (components.here ? components.value.securityModules(kernel) : undefined),
    readSchedule: (schedule, timeZone) => components.value.readSchedule(schedule, timeZone),
    claimPlugin: () => components.value.claimPlugin(),
    startScheduler: (options) => components.value.startScheduler(options),
    checkFlags: (argv) => components.value.checkFlags(argv),
    proxyModes: () => components.value.proxyModes(),
    etcdDatabase: () => components.value.etcdDatabase(),
    etcdMembers: (sim, reachable) => components.value.etcdMembers(sim, reachable),
    etcdPlace: (members) => components.value.etcdPlace(members),
    balancer: (hostPort, backends) => components.value.balancer(hostPort, backends),
    lonelyEtcd: (process) => components.value.lonelyEtcd(process),
  };
}

function deferPrograms(programs: LatePart<ProgramTools>): ProgramTools {
  const from = (find: (tools: ProgramTools) => Program) => late([programs], () => find(programs.value));
  return {
    serverFiles() {
      programs.want();
      return (asked) => programs.value.serverFiles()(asked);
    },
    helm: (connect) => from((tools) => tools.helm(connect)),
    programs: { program: (name, flavour) => from((tools) => tools.programs.program(name, flavour)) },
    ingressNginx: (surroundings) => from((tools) => tools.ingressNginx(surroundings)),
    nginxGateway: (surroundings) => from((tools) => tools.nginxGateway(surroundings)),
    sampleApiServer: (surroundings) => from((tools) => tools.sampleApiServer(surroundings)),
    customMetricsAdapter: (surroundings) => from((tools) => tools.customMetricsAdapter(surroundings)),
    metricsServer: (surroundings) => from((tools) => tools.metricsServer(surroundings)),
    nvidiaDraDriver: (surroundings) => from((tools) => tools.nvidiaDraDriver(surroundings)),
    csiPrograms(surroundings) {
      let made: ReturnType<ProgramTools['csiPrograms']> | undefined;
      const program = (name: (typeof CSI_PROGRAMS)[number]) =>
        from((tools) => {
          made ??= tools.csiPrograms(surroundings);
          return made[name];
        });
      return Object.fromEntries(CSI_PROGRAMS.map((name) => [name, program(name)])) as ReturnType<
        ProgramTools['csiPrograms']
      >;
    },
    storageObjects: () => programs.value.storageObjects(),
    criTools: { crictl: from((tools) => tools.criTools.crictl), ctr: from((tools) => tools.criTools.ctr) },
    kubeadm: (surroundings) => from((tools) => tools.kubeadm(surroundings)),
    debianTools(surroundings) {
      let made: DebianTools | undefined;
      const program = (name: keyof DebianTools) =>
        from((tools) => {
          made ??= tools.debianTools(surroundings);
          return made[name];
        });
      return Object.fromEntries(DEBIAN_PROGRAMS.map((name) => [name, program(name)])) as DebianTools;
    },
    etcdTools(dial) {
      let made: ReturnType<ProgramTools['etcdTools']> | undefined;
      const program = (name: 'etcdctl' | 'etcdutl') =>
        from((tools) => {
          made ??= tools.etcdTools(dial);
          return made[name];
        });
      return { etcdctl: program('etcdctl'), etcdutl: program('etcdutl') };
    },
  };
}

/** A program that is looked for when it first runs. Where its part has not come, its first step waits for that. */
function late(parts: readonly LatePart<unknown>[], find: () => Program): Program {
  let found: Program | undefined;
  const program: Program = (process) => {
    found ??= find();
    return found(process);
  };
  return (process) => {
    if (found !== undefined || parts.every(({ here }) => here)) return program(process);
    for (const part of parts) part.want();
    return whenItRuns(() => program(process));
  };
}

function* whenItRuns(begin: () => Task<number>): Task<number> {
  return yield* begin();
}
