import type { DeviceClass, ResourceClaim } from '../../api/extension-kinds.ts';

type ClaimSpec = NonNullable<ResourceClaim['spec']>;
type Request = NonNullable<NonNullable<ClaimSpec['devices']>['requests']>[number];
type Choice = NonNullable<Request['firstAvailable']>[number];
type Exact = NonNullable<Request['exactly']>;

/** One way in which a request can be satisfied. */
export interface Alternative extends Pick<Choice & Exact, 'selectors' | 'tolerations' | 'adminAccess' | 'capacity'> {
  /** As results name it: `gpu`, or `gpu/large` of a list of alternatives. */
  readonly name: string;
  /** As messages name it: without the request around it. */
  readonly ownName: string;
  readonly deviceClassName: string;
  readonly allocationMode: 'All' | 'ExactCount';
  readonly count: number;
}

/** The ways to satisfy a request, the best one first. */
export function alternatives({ name, exactly, firstAvailable = [] }: Request): readonly Alternative[] {
  const asked = (each: Exact | Choice, ownName: string, full: string): Alternative => ({
    ...each,
    name: full,
    ownName,
    allocationMode: each.allocationMode ?? 'ExactCount',
    count: each.count ?? 1,
  });
  if (exactly !== undefined) return [asked(exactly, name, name)];
  return firstAvailable.map((choice) => asked(choice, choice.name, `${name}/${choice.name}`));
}

export function requestsOf({ spec }: ResourceClaim): readonly Request[] {
  return spec?.devices?.requests ?? [];
}

/** Whether `requests` of a constraint or a configuration means this alternative. None means all. */
export function concerns(requests: readonly string[] | undefined, { name }: Pick<Alternative, 'name'>): boolean {
  if (requests === undefined || requests.length === 0) return true;
  return requests.includes(name) || requests.includes(name.split('/')[0]!);
}

type Allocation = NonNullable<NonNullable<ResourceClaim['status']>['allocation']>;
type Configuration = NonNullable<NonNullable<Allocation['devices']>['config']>;

/** What drivers are told about the devices: first what their classes say, then the claim. */
export function configurationOf(
  claim: ResourceClaim,
  chosen: readonly { readonly alternative: Alternative; readonly deviceClass: DeviceClass }[],
): Configuration {
  const classes = new Map(chosen.map(({ deviceClass }) => [deviceClass.metadata.name, deviceClass]));
  const config: Configuration = [];
  for (const [name, { spec }] of classes) {
    const ofClass = chosen.filter(({ deviceClass }) => deviceClass.metadata.name === name);
    const requests = ofClass.map(({ alternative }) => alternative.name);
    for (const each of spec?.config ?? []) config.push({ ...each, source: 'FromClass', requests });
  }
  for (const each of claim.spec?.devices?.config ?? []) {
    if (!chosen.some(({ alternative }) => concerns(each.requests, alternative))) continue;
    config.push({ ...each, source: 'FromClaim' });
  }
  return config.map(({ requests, ...each }) => {
    // Where all are meant, none is named.
    return requests === undefined || requests.length === requestsOf(claim).length ? each : { ...each, requests };
  });
}
