import { hash32 } from '../sim/index.ts';

/**
 * The name of the VolumeAttachment of a volume and a node, on which the controller and the kubelet agree. (The real one is a
 * SHA-256 sum of the same; nobody reads more out of it than that it is the same.)
 */
export function attachmentName(volumeHandle: string, driver: string, nodeName: string): string {
  const text = `${volumeHandle}${driver}${nodeName}`;
  let digits = '';
  for (let part = 0; part < 8; part++) digits += hash32(text, part).toString(16).padStart(8, '0');
  return `csi-${digits}`;
}
