import { formatImageReference, parseImageReference } from '@drydock/engine';

/** Whether a value names this image: who writes `docker.io/library/nginx:1.29` has asked for `nginx:1.29`. */
export function sameImage(value: unknown, image: string): boolean {
  return typeof value === 'string' && spelledOut(value) === spelledOut(image);
}

/** With its registry and tag; what is no name of an image stays what it is. */
function spelledOut(name: string): string {
  try {
    return formatImageReference(parseImageReference(name));
  } catch {
    return name;
  }
}
