import type { ResourceClaim } from '../../api/extension-kinds.ts';
import { type Alternative, concerns } from './device-requests.ts';
import type { PlacedDevice } from './pools.ts';

type Constraint = NonNullable<NonNullable<NonNullable<ResourceClaim['spec']>['devices']>['constraints']>[number];

/** A device that was chosen, and for which request. */
export interface Chosen {
  readonly alternative: Alternative;
  readonly placed: PlacedDevice;
}

/** Whether a device goes with those that were chosen for the claim before it. */
export function satisfies(constraints: readonly Constraint[], chosen: readonly Chosen[], next: Chosen): boolean {
  return constraints.every((constraint) => {
    if (!concerns(constraint.requests, next.alternative)) return true;
    const name = constraint.matchAttribute ?? constraint.distinctAttribute;
    if (name === undefined) return false;
    const value = attributeOf(next.placed, name);
    if (value === undefined) return false;
    const others = chosen.filter(({ alternative }) => concerns(constraint.requests, alternative));
    return others.every(({ placed }) => {
      const isSame = attributeOf(placed, name) === value;
      return constraint.matchAttribute === undefined ? !isSame : isSame;
    });
  });
}

/** The attribute as text that also tells its type. Names of the driver's own domain may lack it. */
function attributeOf({ driver, device }: PlacedDevice, name: string): string | undefined {
  const prefix = `${driver}/`;
  const attributes = device.attributes ?? {};
  const own = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  const short = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  const attribute = own ?? (short !== undefined && Object.hasOwn(attributes, short) ? attributes[short] : undefined);
  if (attribute === undefined) return undefined;
  const { string, int, bool, version } = attribute;
  if (string === undefined && int === undefined && bool === undefined && version === undefined) return undefined;
  return JSON.stringify({ string, int, bool, version });
}
