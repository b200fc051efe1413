import { Errno } from '../../linux/errno.ts';
import { decodeMessage, encodeMessage, WireError } from '../../linux/protobuf.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { hash32 } from '../../sim/index.ts';
import { CHECKPOINT } from '../devices.ts';
import { DEVICE_PLUGIN_MESSAGES } from './device-plugin-api.ts';
import type { Allocation } from './pod-devices.ts';

/** What outlives the kubelet's process. */
export interface Checkpoint {
  readonly allocations: readonly Allocation[];
  /** Healthy devices by resource. */
  readonly registered: ReadonlyMap<string, readonly string[]>;
}

/** As `pkg/kubelet/cm/devicemanager/checkpoint` writes it. */
interface Data {
  readonly PodDeviceEntries:
    | readonly {
        readonly PodUID: string;
        readonly ContainerName: string;
        readonly ResourceName: string;
        readonly DeviceIDs: Readonly<Record<string, readonly string[]>>;
        /** ContainerAllocateResponse in protobuf, in base64. */
        readonly AllocResp: string;
      }[]
    | null;
  readonly RegisteredDevices: Readonly<Record<string, readonly string[]>>;
}

/** Why a checkpoint cannot be used. */
export class CorruptCheckpoint extends Error {
  override readonly name = 'CorruptCheckpoint';
}

export function writeCheckpoint(root: Process, { allocations, registered }: Checkpoint): void {
  const entries = allocations.map(({ podUid, container, resource, devicesPerNuma, response }) => ({
    PodUID: podUid,
    ContainerName: container,
    ResourceName: resource,
    DeviceIDs: devicesPerNuma,
    AllocResp: toBase64(encodeMessage(DEVICE_PLUGIN_MESSAGES, 'ContainerAllocateResponse', response)),
  }));
  const data: Data = {
    PodDeviceEntries: entries.length === 0 ? null : entries,
    RegisteredDevices: Object.fromEntries(registered),
  };
  const temporary = `${CHECKPOINT}.tmp`;
  root.writeFile(temporary, JSON.stringify({ Data: data, Checksum: checksum(data) }), { mode: 0o600 });
  root.rename(temporary, CHECKPOINT);
}

/** The checkpoint; undefined when there is none. @throws CorruptCheckpoint */
export function readCheckpoint(root: Process): Checkpoint | undefined {
  let text: string;
  try {
    text = decode(root.readFile(CHECKPOINT));
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
  try {
    const { Data: data, Checksum: sum } = JSON.parse(text) as { Data: Data; Checksum: number };
    if (checksum(data) !== sum) throw new CorruptCheckpoint('checkpoint is corrupted');
    return {
      allocations: (data.PodDeviceEntries ?? []).map((entry) => ({
        podUid: entry.PodUID,
        container: entry.ContainerName,
        resource: entry.ResourceName,
        devicesPerNuma: entry.DeviceIDs,
        response: decodeMessage(DEVICE_PLUGIN_MESSAGES, 'ContainerAllocateResponse', fromBase64(entry.AllocResp)),
      })),
      registered: new Map(Object.entries(data.RegisteredDevices)),
    };
  } catch (error) {
    // A file that somebody has written by hand may hold anything.
    if (error instanceof CorruptCheckpoint || error instanceof SyntaxError) throw new CorruptCheckpoint(error.message);
    if (error instanceof TypeError || error instanceof WireError)
      throw new CorruptCheckpoint('checkpoint is corrupted');
    throw error;
  }
}

/** FNV of the text; the real kubelet takes it of a dump of the structure in memory. */
function checksum(data: Data): number {
  return hash32(JSON.stringify(data), 0);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || [...text.replace(/={0,2}$/, '')].some((char) => !ALPHABET.includes(char))) {
    throw new CorruptCheckpoint('illegal base64 data');
  }
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
