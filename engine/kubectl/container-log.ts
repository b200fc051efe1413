import type { Pod } from '../api/kinds.ts';
import { pods } from '../api/resources.ts';
import { concatBytes, encode } from '../linux/stdio.ts';
import type { Invocation } from './invocation.ts';

/** All that a container has written so far. @throws StatusError */
export function containerLog(invocation: Invocation, pod: Pod, container: string): Uint8Array {
  const { name, namespace } = pod.metadata;
  const { body, byteStream } = invocation.client.request({
    method: 'GET',
    path: invocation.path(pods, namespace, name, 'log'),
    query: { container },
    headers: { accept: '*/*' },
  });
  const chunks: Uint8Array[] = typeof body === 'string' ? [encode(body)] : [];
  byteStream?.({ write: (chunk) => chunks.push(chunk), end: () => {} });
  return concatBytes(chunks);
}
