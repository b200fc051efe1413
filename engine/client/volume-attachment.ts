/**
 * The name of the VolumeAttachment of a volume and a node, on which the controller and the kubelet agree.
 *
 * @param sha256 in lower-case hexadecimal
 */
export function attachmentName(
  volumeHandle: string,
  driver: string,
  nodeName: string,
  sha256: (text: string) => string,
): string {
  return `csi-${sha256(`${volumeHandle}${driver}${nodeName}`)}`;
}
