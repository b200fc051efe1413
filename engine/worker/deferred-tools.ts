import type { WorkstationTools } from '../cluster/workstation-tools.ts';
import type { Program } from '../linux/syscalls.ts';

/** The workstation's tools, to be loaded while the learner already looks at a prompt. */
export interface DeferredTools {
  readonly tools: WorkstationTools;
  /** Loads them; no input may reach the cluster before this has resolved. */
  load(): Promise<void>;
}

/**
 * Stands in for the tools until they are there. Whether they were loaded early or late leaves no trace in the
 * simulation: nothing uses them before an input asks for it, and inputs wait.
 */
export function deferTools(fetch: () => Promise<WorkstationTools>): DeferredTools {
  let fetched: WorkstationTools | undefined;
  const present = (): WorkstationTools => {
    if (fetched === undefined) throw new Error('what is loaded late was asked for before it was loaded');
    return fetched;
  };
  return {
    tools: {
      programs: {
        program(name, flavour) {
          let program: Program | undefined;
          return (process) => {
            program ??= present().programs.program(name, flavour);
            return program(process);
          };
        },
      },
      kubectl(connect) {
        let kubectl: ReturnType<WorkstationTools['kubectl']> | undefined;
        return (process) => {
          kubectl ??= present().kubectl(connect);
          return kubectl(process);
        };
      },
      apiExtensions: () => present().apiExtensions(),
      httpExchange: () => present().httpExchange(),
      serverProxy: () => present().serverProxy(),
      readSchedule: (schedule, timeZone) => present().readSchedule(schedule, timeZone),
      proxyModes: () => present().proxyModes(),
      requestFollower: () => present().requestFollower(),
      createDeviceManager: (surroundings) => present().createDeviceManager(surroundings),
      gpuBehaviour: (gpus) => present().gpuBehaviour(gpus),
      ingressNginx: (surroundings) => late(() => present().ingressNginx(surroundings)),
      nginxGateway: (surroundings) => late(() => present().nginxGateway(surroundings)),
      sampleApiServer: (surroundings) => late(() => present().sampleApiServer(surroundings)),
      customMetricsAdapter: (surroundings) => late(() => present().customMetricsAdapter(surroundings)),
      createNodePlugins: (surroundings) => present().createNodePlugins(surroundings),
      csiPrograms: (surroundings) => present().csiPrograms(surroundings),
      criTools: { crictl: late(() => present().criTools.crictl), ctr: late(() => present().criTools.ctr) },
      etcdTools(dial) {
        let tools: ReturnType<WorkstationTools['etcdTools']> | undefined;
        const late =
          (name: 'etcdctl' | 'etcdutl'): Program =>
          (process) => {
            tools ??= present().etcdTools(dial);
            return tools[name](process);
          };
        return { etcdctl: late('etcdctl'), etcdutl: late('etcdutl') };
      },
      completeKubectl: (words, transport) => present().completeKubectl(words, transport),
    },
    async load() {
      fetched ??= await fetch();
    },
  };
}

/** A program that is looked for when it first runs. */
function late(find: () => Program): Program {
  let program: Program | undefined;
  return (process) => {
    program ??= find();
    return program(process);
  };
}
