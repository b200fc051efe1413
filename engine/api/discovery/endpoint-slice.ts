import { changeItems, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, immutable, invalid, notSupported, required, tooMany } from '../field-errors.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import { checkEndpointAddress, isIPv4, isIPv6 } from '../ip-address.ts';
import type { EndpointSlice } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkLabel1123, checkPortNumber, checkSubdomain1123 } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';

type Port = NonNullable<EndpointSlice['ports']>[number];
type Endpoint = EndpointSlice['endpoints'][number];

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 100;
const MAX_ADDRESSES = 100;
const MAX_SHOWN = 3;
const PORT: Partial<Port> = { name: '', protocol: 'TCP' };
const NO_ENDPOINTS = Object.freeze([]) as unknown as EndpointSlice['endpoints'];

function defaultEndpoint(endpoint: Endpoint): Endpoint {
  return endpoint.conditions === undefined ? { ...endpoint, conditions: {} } : endpoint;
}

function applyDefaults(given: EndpointSlice): EndpointSlice {
  const slice = given.endpoints === undefined ? { ...(given as EndpointSlice), endpoints: NO_ENDPOINTS } : given;
  const ports = changeItems(slice, 'ports' as never, ((port: Port) => withDefaults(port, PORT)) as never);
  return withField(ports, 'endpoints', changeItems({ list: ports.endpoints }, 'list', defaultEndpoint).list);
}

function checkAddress(type: string, address: string): readonly string[] {
  if (type === 'FQDN') return checkSubdomain1123(address);
  if (type === 'IPv4' && !isIPv4(address)) return ['must be an IPv4 address'];
  if (type === 'IPv6' && !isIPv6(address)) return ['must be an IPv6 address'];
  return checkEndpointAddress(address);
}

function validateEndpoints(errors: FieldError[], { addressType, endpoints }: EndpointSlice): void {
  if (endpoints.length > MAX_ENDPOINTS) {
    errors.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
    return;
  }
  endpoints.forEach(({ addresses = [], hostname }, index) => {
    const at = `endpoints[${index}]`;
    if (addresses.length === 0) errors.push(required(`${at}.addresses`, 'must contain at least 1 address'));
    else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(`${at}.addresses`, addresses.length, MAX_ADDRESSES));
    else if (ADDRESS_TYPES.includes(addressType)) {
      addresses.forEach((address, each) => {
        for (const detail of checkAddress(addressType, address)) {
          errors.push(invalid(`${at}.addresses[${each}]`, address, detail));
        }
      });
    }
    if (hostname === undefined) return;
    for (const detail of checkLabel1123(hostname)) errors.push(invalid(`${at}.hostname`, hostname, detail));
  });
}

function validatePorts(errors: FieldError[], ports: readonly Port[]): void {
  if (ports.length > MAX_PORTS) {
    errors.push(tooMany('ports', ports.length, MAX_PORTS));
    return;
  }
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, port }, index) => {
    const at = `ports[${index}]`;
    if (name !== '') for (const detail of checkLabel1123(name)) errors.push(invalid(`${at}.name`, name, detail));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (!PROTOCOLS.includes(protocol!)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    if (port === undefined) return;
    for (const detail of checkPortNumber(port)) errors.push(invalid(`${at}.port`, port, detail));
  });
}

function validateSlice(errors: FieldError[], slice: EndpointSlice): void {
  if ((slice.addressType as string | undefined) === undefined) errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(slice.addressType)) {
    errors.push(notSupported('addressType', slice.addressType, ADDRESS_TYPES));
  }
  validateEndpoints(errors, slice);
  validatePorts(errors, slice.ports ?? []);
}

function shorten(all: readonly string[]): string {
  if (all.length === 0) return '<unset>';
  const more = all.length > MAX_SHOWN ? ` + ${all.length - MAX_SHOWN} more...` : '';
  return all.slice(0, MAX_SHOWN).join(',') + more;
}

export const endpointSlice = storedKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  applyDefaults,
  prepareForCreate: firstGeneration,
  prepareForUpdate: (next, previous) =>
    nextGeneration(
      next,
      previous,
      !sameValue(next.endpoints, previous.endpoints) || !sameValue(next.ports, previous.ports),
    ),
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validateSlice(errors, object);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    validateSlice(errors, next);
    if (next.addressType !== previous.addressType) errors.push(immutable('addressType', next.addressType));
    return errors;
  },
  columns: [
    nameColumn,
    column(
      'AddressType',
      'addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name.',
      ({ addressType }) => addressType ?? '',
    ),
    column(
      'Ports',
      'ports specifies the list of network ports exposed by each endpoint in this slice. Each port must have a unique name. When ports is empty, it indicates that there are no defined ports. When a port is defined with a nil port value, it indicates "all ports". Each slice may include a maximum of 100 ports.',
      ({ ports }) => shorten((ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port)))),
    ),
    column(
      'Endpoints',
      'endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints.',
      ({ endpoints }) => shorten((endpoints ?? []).flatMap(({ addresses = [] }) => addresses)),
    ),
    ageColumn,
  ],
});
