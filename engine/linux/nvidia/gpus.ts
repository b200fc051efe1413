import { hash32, type Simulation } from '../../sim/index.ts';
import type { DeviceCaller, Driver } from '../host.ts';
import { DRIVER_VERSION, type Gpu, type GpuUse } from './gpu.ts';

/** https://docs.kernel.org/admin-guide/devices.html; the UVM driver takes a major number that is free. */
const MAJOR = 195;
const CONTROL_MINOR = 255;
const MODESET_MINOR = 254;
const UVM_MAJOR = 510;

/** What the driver tells whoever reads from /dev/nvidiactl. */
export interface GpuEvent {
  readonly xid: number;
  readonly uuid: string;
}

/** What the kernel's log says of an error. https://docs.nvidia.com/deploy/xid-errors/ */
const XID_TEXTS: Readonly<Record<number, string>> = {
  13: 'Graphics Exception: SKEDCHECK',
  31: 'Ch 00000008, intr 00000000. MMU Fault',
  43: 'Ch 00000008, engmask 00000101',
  48: 'An uncorrectable double bit error (DBE) has been detected on GPU',
  63: 'Row Remapper: New row marked for remapping, reset gpu to activate.',
  74: 'NVLink: fatal error detected on link 0',
  79: 'GPU has fallen off the bus.',
  94: 'Contained: SM (0x1). RST: No, D-RST: No',
  95: 'Uncontained: LTC TAG (0x2,0x0). RST: Yes, D-RST: No',
};

/** Those that are a program's own fault: the GPU goes on as if nothing had been. */
const APPLICATION_XIDS: ReadonlySet<number> = new Set([13, 31, 43, 45, 68, 94, 109]);

/**
 * The GPUs of a machine, and the driver that serves them. What the machine shows of them before anybody uses one is here;
 * how they are used is in `behaviour.ts`, which may be loaded later.
 */
export class NvidiaGpus implements Driver {
  readonly all: readonly Gpu[];
  readonly sim: Simulation;
  readonly #load: (gpus: NvidiaGpus) => GpuUse;
  readonly #listeners = new Set<(event: GpuEvent) => void>();
  readonly #unplugged = new Set<number>();
  /** Those that take no work until they have been reset. */
  readonly #broken = new Set<number>();
  #behaviour: GpuUse | undefined;
  #log: (line: string) => void = () => {};

  constructor(sim: Simulation, host: string, count: number, load: (gpus: NvidiaGpus) => GpuUse) {
    this.sim = sim;
    this.#load = load;
    this.all = Array.from({ length: count }, (_, index) => ({
      index,
      uuid: uuidOf(`${sim.seed}/${host}/gpu/${index}`),
      address: `0000:${(index + 1).toString(16).padStart(2, '0')}:00.0`,
      // Half of them at each of two sockets, as servers with many have it.
      numaNode: count > 1 && index >= count / 2 ? 1 : 0,
    }));
  }

  /** Those that are plugged in. */
  get present(): readonly Gpu[] {
    return this.all.filter(({ index }) => !this.#unplugged.has(index));
  }

  isBroken({ index }: Gpu): boolean {
    return this.#broken.has(index);
  }

  nodes() {
    const nodes = new Map<string, readonly [number, number]>(
      this.present.map(({ index }) => [`nvidia${index}`, [MAJOR, index]]),
    );
    nodes.set('nvidia-modeset', [MAJOR, MODESET_MINOR]);
    nodes.set('nvidia-uvm', [UVM_MAJOR, 0]);
    nodes.set('nvidia-uvm-tools', [UVM_MAJOR, 1]);
    nodes.set('nvidiactl', [MAJOR, CONTROL_MINOR]);
    return new Map([...nodes].map(([path, deviceNumber]) => [path, { deviceNumber, mode: 0o666 }] as const));
  }

  procFiles(): ReadonlyMap<string, () => string> {
    const files = new Map([['nvidia/version', () => this.#use().versionText()]]);
    for (const gpu of this.present) {
      files.set(`nvidia/gpus/${gpu.address}/information`, () => this.#use().informationText(gpu));
    }
    return files;
  }

  pciDevices() {
    return new Map(
      this.present.map(({ address, numaNode }) => [
        address,
        { vendor: '0x10de', device: '0x1eb8', class: '0x030200', revision: '0xa1', numa_node: String(numaNode) },
      ]),
    );
  }

  boot(log: (line: string) => void): void {
    this.#log = log;
    this.#broken.clear();
    this.#behaviour = undefined;
    log(`NVRM: loading NVIDIA UNIX x86_64 Kernel Module  ${DRIVER_VERSION}`);
    log(`nvidia-uvm: Loaded the UVM driver, major device number ${UVM_MAJOR}.`);
  }

  ioctl([major, minor]: readonly [number, number], request: object, caller: DeviceCaller): object {
    const gpu = major === MAJOR ? this.present.find(({ index }) => index === minor) : undefined;
    return this.#use().ioctl(gpu, request, caller);
  }

  closed([major, minor]: readonly [number, number], caller: DeviceCaller): void {
    const gpu = major === MAJOR ? this.all[minor] : undefined;
    if (gpu !== undefined) this.#behaviour?.closed(gpu, caller);
  }

  subscribe([, minor]: readonly [number, number], listener: (event: object) => void): () => void {
    if (minor !== CONTROL_MINOR) return () => {};
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An error of a GPU. @throws Error when there is no such GPU */
  fail(index: number, xid: number): void {
    const gpu = this.#gpu(index);
    const [bus] = gpu.address.split('.');
    const text = XID_TEXTS[xid] ?? 'unknown error';
    this.#log(`NVRM: Xid (PCI:${bus}): ${xid}, pid='<unknown>', name=<unknown>, ${text}`);
    if (!APPLICATION_XIDS.has(xid)) this.#broken.add(index);
    for (const listener of [...this.#listeners]) listener({ xid, uuid: gpu.uuid });
  }

  /** Whoever works on it finds it gone. */
  unplug(index: number): void {
    this.fail(index, 79);
    this.#unplugged.add(index);
  }

  /** As `nvidia-smi --gpu-reset` does it, or plugging it in again. */
  reset(index: number): void {
    this.#unplugged.delete(index);
    this.#broken.delete(index);
  }

  #gpu(index: number): Gpu {
    const gpu = this.all[index];
    if (gpu === undefined) throw new Error(`there is no GPU ${index}; there are ${this.all.length}`);
    return gpu;
  }

  #use(): GpuUse {
    this.#behaviour ??= this.#load(this);
    return this.#behaviour;
  }
}

function uuidOf(name: string): string {
  const hex = [1, 2, 3, 4].map((basis) => hash32(name, basis).toString(16).padStart(8, '0')).join('');
  return `GPU-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
