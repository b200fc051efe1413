import { stringify } from 'yaml';
import { metricsServerObjects } from './metrics-server.ts';

const COMPONENTS =
  /^https:\/\/github\.com\/kubernetes-sigs\/metrics-server\/releases\/(?:download\/v0\.\d+\.\d+|latest\/download)\/components\.yaml$/;

/** What `kubectl apply -f` finds at the address that the project's documentation gives. */
export function metricsServerManifest(url: string): string | undefined {
  if (!COMPONENTS.test(url)) return undefined;
  return metricsServerObjects()
    .map(({ object }) => stringify(object, { aliasDuplicateObjects: false }))
    .join('---\n');
}
