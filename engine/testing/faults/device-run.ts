import type { Pod } from '../../api/kinds.ts';
import { CHECKPOINT } from '../../kubelet/devices.ts';
import { NodeFixture } from '../../kubelet/testing/node-fixture.ts';
import type { Random } from '../../sim/index.ts';
import { tinyDevicePlugin } from '../../tiny-device-plugin/tiny-device-plugin.ts';

const RESOURCE = 'example.com/dongle';
const FOLDER = '/dongles';
const DEVICES = ['a', 'b', 'c'];
const TROUBLE_MS = 60_000;
const REST_MS = 60_000;
const LOOK_EVERY_MS = 250;

interface DeviceRunReport {
  readonly story: readonly string[];
  readonly violations: readonly string[];
  /** Pods that had a device at some time. */
  readonly served: number;
}

/** One node with a device plugin in random trouble: whatever happens, no two Pods have one device. */
export function deviceRun(seed: string): DeviceRunReport {
  const run = new DeviceRun(seed);
  run.go();
  return run;
}

class DeviceRun implements DeviceRunReport {
  readonly story: string[] = [];
  readonly violations: string[] = [];
  readonly #node: NodeFixture;
  readonly #random: Random;
  readonly #served = new Set<string>();
  #pods = 0;
  #kubeletRuns = true;

  constructor(seed: string) {
    this.#node = new NodeFixture({ seed });
    this.#random = this.#node.sim.random('trouble');
    const { root } = this.#node.host;
    root.mkdir(FOLDER);
    for (const name of DEVICES) root.writeFile(`${FOLDER}/${name}`, 'ok');
    this.#node.sim.runFor(1000);
    this.#startPlugin();
    this.#node.sim.runFor(1000);
  }

  get served(): number {
    return this.#served.size;
  }

  go(): void {
    const { sim } = this.#node;
    const endMs = sim.nowMs + TROUBLE_MS;
    while (sim.nowMs < endMs) {
      this.#trouble();
      this.#pass(this.#random.below(5000));
    }
    this.#heal();
    this.#pass(REST_MS);
    this.#startPod();
    this.#pass(10_000);
    const amount = this.#node.node().status?.allocatable?.[RESOURCE];
    if (amount !== String(DEVICES.length)) this.violations.push(`in the end ${amount} devices are allocatable`);
  }

  #pass(durationMs: number): void {
    for (let passed = 0; passed < durationMs; passed += LOOK_EVERY_MS) {
      this.#node.sim.runFor(LOOK_EVERY_MS);
      this.#look();
    }
  }

  /** Who has what, by the processes that run and by what the kubelet has written down. */
  #look(): void {
    const running = this.#node.host
      .processes()
      .filter(({ env }) => env['DEVICES'] !== undefined && env['HOSTNAME'] !== undefined)
      .map(({ env }) => ({ pod: env['HOSTNAME']!, devices: env['DEVICES']!.split(',') }));
    this.#requireOneOwner('runs with', running);
    for (const { pod } of running) this.#served.add(pod);
    const written = this.#checkpoint().map((entry) => ({
      pod: entry.PodUID,
      devices: Object.values(entry.DeviceIDs).flat(),
    }));
    this.#requireOneOwner('is written down with', written);
  }

  #requireOneOwner(
    how: string,
    owners: readonly { readonly pod: string; readonly devices: readonly string[] }[],
  ): void {
    const byDevice = new Map<string, string>();
    for (const { pod, devices } of owners) {
      for (const device of devices) {
        const other = byDevice.get(device) ?? pod;
        if (other !== pod) this.violations.push(`${this.#now}: ${pod} ${how} ${device}, and so does ${other}`);
        byDevice.set(device, pod);
      }
    }
  }

  #checkpoint(): readonly { readonly PodUID: string; readonly DeviceIDs: Readonly<Record<string, string[]>> }[] {
    const { root } = this.#node.host;
    if (!root.access(CHECKPOINT, 'exists')) return [];
    return JSON.parse(new TextDecoder().decode(root.readFile(CHECKPOINT))).Data.PodDeviceEntries ?? [];
  }

  get #now(): string {
    return `${(this.#node.sim.nowMs / 1000).toFixed(3)} s`;
  }

  #tell(what: string, act: () => void): void {
    this.story.push(`${this.#now}: ${what}`);
    act();
  }

  #trouble(): void {
    const makers: readonly (() => void)[] = [
      () => this.#startPod(),
      () => this.#startPod(),
      () => this.#startPod(),
      () => this.#deletePod(),
      () => this.#deletePod(),
      () => this.#tell('the plugin is killed', () => this.#killPlugin()),
      () => this.#restartKubelet(),
      () => this.#tell('the machine reboots', () => this.#reboot()),
      () => this.#breakDevice(),
      () => this.#killContainer(),
    ];
    makers[this.#random.below(makers.length)]!();
  }

  #heal(): void {
    if (!this.#kubeletRuns) this.#node.startKubelet();
    this.#kubeletRuns = true;
    for (const name of DEVICES) this.#node.host.root.writeFile(`${FOLDER}/${name}`, 'ok');
    this.#tell('all is well', () => {});
  }

  #startPlugin(): void {
    this.#node.host.spawn({
      argv: ['/tiny-device-plugin'],
      env: { RESOURCE, FOLDER },
      run: tinyDevicePlugin,
      onExit: () => this.#startPluginLater(),
    });
  }

  #startPluginLater(): void {
    const { sim, host } = this.#node;
    sim.schedule(this.#random.below(3000), 'plugin', () => {
      const runs = host.processes().some(({ argv }) => argv[0] === '/tiny-device-plugin');
      if (host.running && !runs) this.#startPlugin();
    });
  }

  #killPlugin(): void {
    const { host } = this.#node;
    for (const { argv, hostPid } of host.processes()) {
      if (argv[0] === '/tiny-device-plugin') host.kill(hostPid, 'KILL');
    }
  }

  #restartKubelet(): void {
    if (!this.#kubeletRuns) return;
    this.#kubeletRuns = false;
    this.#tell('the kubelet ends', () => this.#node.stopKubelet());
    this.#node.sim.schedule(this.#random.below(8000), 'kubelet', () => {
      if (this.#kubeletRuns) return;
      this.#kubeletRuns = true;
      this.#tell('the kubelet starts', () => this.#node.startKubelet());
    });
  }

  #reboot(): void {
    this.#kubeletRuns = true;
    this.#node.reboot();
    this.#startPluginLater();
  }

  #breakDevice(): void {
    const name = DEVICES[this.#random.below(DEVICES.length)]!;
    const text = this.#random.below(2) === 0 ? 'broken' : 'ok';
    this.#tell(`device ${name} is ${text}`, () => this.#node.host.root.writeFile(`${FOLDER}/${name}`, text));
  }

  #startPod(): void {
    const name = `pod-${++this.#pods}`;
    const limits = { [RESOURCE]: String(1 + this.#random.below(2)) };
    const resources = { limits, requests: limits };
    const container = (containerName: string, command: readonly string[]) => ({
      name: containerName,
      image: 'docker.io/library/tools:1',
      command: [...command],
      resources,
    });
    const spec: Partial<Pod['spec']> = {
      restartPolicy: this.#random.below(2) === 0 ? 'Always' : 'Never',
      terminationGracePeriodSeconds: this.#random.below(5),
      containers: [container('main', this.#random.below(3) === 0 ? ['exit', '1', '4'] : ['stubborn'])],
      ...(this.#random.below(3) === 0 && { initContainers: [container('init', ['exit', '0', '1'])] }),
    };
    this.#tell(`${name} wants ${limits[RESOURCE]}`, () => this.#node.run(name, spec));
  }

  #deletePod(): void {
    const name = `pod-${1 + this.#random.below(Math.max(1, this.#pods))}`;
    if (this.#node.findPod(name) === undefined) return;
    const grace = this.#random.below(3);
    this.#tell(`${name} is deleted within ${grace} s`, () => this.#node.delete(name, grace));
  }

  #killContainer(): void {
    const { host } = this.#node;
    const victim = host.processes().find(({ env }) => env['DEVICES'] !== undefined);
    if (victim !== undefined)
      this.#tell(`${victim.env['HOSTNAME']} is killed`, () => host.kill(victim.hostPid, 'KILL'));
  }
}
