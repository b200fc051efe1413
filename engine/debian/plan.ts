import { AptError } from './apt.ts';
import type { Installed } from './database.ts';
import type { Offer } from './sources.ts';
import { compareVersions } from './version-order.ts';

/** What will be installed, and the version that was asked for if one was. */
export interface Choice {
  readonly offer: Offer;
  readonly asVersion: string | undefined;
}

/**
 * Finds what operands of `apt-get install` mean: `kubeadm`, `kubeadm=1.36.2-1.1`, `kubeadm=1.36.2-*`, and what these depend on
 * that is not there.
 *
 * @throws AptError with a line for each that nobody has
 */
export function chooseOffers(
  offers: ReadonlyMap<string, readonly Offer[]>,
  installed: ReadonlyMap<string, Installed>,
  operands: readonly string[],
): readonly Choice[] {
  const problems: string[] = [];
  const chosen: Choice[] = [];
  const choose = (operand: string): void => {
    const [name = '', asVersion] = operand.split('=');
    const known = offers.get(name) ?? [];
    const offer = asVersion === undefined ? known[0] : known.find(({ version }) => fits(asVersion, version));
    if (offer !== undefined) {
      if (chosen.some((each) => each.offer.name === name)) return;
      chosen.push({ offer, asVersion });
      for (const needed of dependenciesOf(offer)) if (!installed.has(needed) && offers.has(needed)) choose(needed);
    } else if (known.length > 0) problems.push(`Version '${asVersion}' for '${name}' was not found`);
    else if (!installed.has(name)) problems.push(`Unable to locate package ${name}`);
  };
  for (const operand of operands) choose(operand);
  if (problems.length > 0) throw new AptError(problems.join('\n'));
  return chosen;
}

/** Versions may be written with `*` at their end. */
function fits(wanted: string, version: string): boolean {
  return wanted.endsWith('*') ? version.startsWith(wanted.slice(0, -1)) : version === wanted;
}

function dependenciesOf({ stanza }: Offer): readonly string[] {
  return (stanza.get('Depends') ?? '')
    .split(',')
    .map((each) => each.trim().replace(/[\s(|].*/, ''))
    .filter((name) => name !== '');
}

/** Later versions of what is installed. */
export function upgradesOf(
  offers: ReadonlyMap<string, readonly Offer[]>,
  installed: ReadonlyMap<string, Installed>,
): readonly Offer[] {
  return [...installed.values()].flatMap(({ name, version }) => {
    const latest = offers.get(name)?.[0];
    return latest !== undefined && compareVersions(latest.version, version) > 0 ? [latest] : [];
  });
}
