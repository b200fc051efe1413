import { changeItems, mapItems, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, notSupported, required } from '../field-errors.ts';
import { checkEndpointAddress } from '../ip-address.ts';
import type { Endpoints } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkLabel1123, checkPortNumber } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Port = NonNullable<Subset['ports']>[number];
type Address = NonNullable<Subset['addresses']>[number];

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
/** `kubectl get endpoints` lists no more. */
const MAX_SHOWN = 3;

function defaultPort(port: Port): Port {
  return (port.protocol as string | undefined) ? port : { ...port, protocol: 'TCP' };
}

function applyDefaults(endpoints: Endpoints): Endpoints {
  if (endpoints.subsets === undefined) return endpoints;
  const subsets = mapItems(endpoints.subsets, (subset) => changeItems(subset, 'ports', defaultPort));
  return withField(endpoints, 'subsets', subsets);
}

function validateAddresses(errors: FieldError[], addresses: readonly Address[] | undefined, field: string): void {
  addresses?.forEach(({ ip, hostname = '' }, index) => {
    const at = `${field}[${index}]`;
    for (const detail of checkEndpointAddress(ip ?? '')) errors.push(invalid(`${at}.ip`, ip ?? '', detail));
    if (hostname === '') return;
    for (const detail of checkLabel1123(hostname)) errors.push(invalid(`${at}.hostname`, hostname, detail));
  });
}

function validateSubset(errors: FieldError[], subset: Subset, at: string): void {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length === 0 && notReadyAddresses.length === 0) {
    errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
  }
  validateAddresses(errors, addresses, `${at}.addresses`);
  validateAddresses(errors, notReadyAddresses, `${at}.notReadyAddresses`);
  ports.forEach(({ name = '', port, protocol }, index) => {
    const field = `${at}.ports[${index}]`;
    if (name === '') {
      if (ports.length > 1) errors.push(required(`${field}.name`));
    } else for (const detail of checkLabel1123(name)) errors.push(invalid(`${field}.name`, name, detail));
    for (const detail of checkPortNumber(port ?? 0)) errors.push(invalid(`${field}.port`, port ?? 0, detail));
    if (!PROTOCOLS.includes(protocol!)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
  });
}

function format({ subsets = [] }: Endpoints): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip?.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  if (all.length === 0) return '<none>';
  const more = all.length > MAX_SHOWN ? ` + ${all.length - MAX_SHOWN} more...` : '';
  return all.slice(0, MAX_SHOWN).join(',') + more;
}

export const endpoints = storedKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Endpoints',
  applyDefaults,
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    object.subsets?.forEach((subset, index) => {
      validateSubset(errors, subset, `subsets[${index}]`);
    });
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    if (next.subsets === previous.subsets) return errors;
    next.subsets?.forEach((subset, index) => {
      validateSubset(errors, subset, `subsets[${index}]`);
    });
    return errors;
  },
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [
    nameColumn,
    column(
      'Endpoints',
      'The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they share. A single address with multiple ports, some of which are ready and some of which are not (because they come from different containers) will result in the address being displayed in different subsets for the different ports. No address will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service.',
      format,
    ),
    ageColumn,
  ],
});
