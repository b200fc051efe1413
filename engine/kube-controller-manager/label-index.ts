import type { LabelRequirement, LabelSelector } from '../api/label-selector.ts';
import type { KubeObject } from '../api/object.ts';
import type { Informer } from '../client/informer.ts';

// What a selector selects, and which selectors select an object, without asking all objects of a namespace: both are filed
// by pairs of a label's key and value.

const LABELS = 'label';
const SELECTORS = 'selector';
/** Selectors that name no pair are asked about every object. */
const ANY = '*';

type Labels = Readonly<Record<string, string>>;

/** Files objects by each of their labels. */
export function indexByLabel<T extends KubeObject>(informer: Informer<T>): void {
  const pairs = new LabelPairs();
  informer.addIndex(LABELS, ({ metadata: { namespace, labels } }) => pairs.of(namespace, labels ?? NO_LABELS));
}

/** The pairs of labels, written once: an object keeps its labels while its status changes, and Pods of one template share theirs. */
class LabelPairs {
  readonly #besides: readonly string[];
  readonly #known = new WeakMap<
    Labels,
    { readonly namespace: string | undefined; readonly pairs: readonly string[] }
  >();

  /** @param besides keys whose pairs with themselves come first, whatever the labels are */
  constructor(besides: readonly string[] = NONE) {
    this.#besides = besides;
  }

  of(namespace: string | undefined, labels: Labels): readonly string[] {
    const known = this.#known.get(labels);
    if (known !== undefined && known.namespace === namespace) return known.pairs;
    const pairs = this.#besides.map((key) => pair(namespace, key, key));
    for (const key of Object.keys(labels)) pairs.push(pair(namespace, key, labels[key]!));
    this.#known.set(labels, { namespace, pairs });
    return pairs;
  }
}

const NONE: readonly never[] = [];
const NO_LABELS: Labels = Object.freeze({});

/** The objects of the namespace that the selector selects: those among the objects with the rarest of its pairs. */
export function selectedBy<T extends KubeObject>(
  { lister }: Informer<T>,
  namespace: string | undefined,
  selector: LabelSelector,
): T[] {
  let fewest = Number.POSITIVE_INFINITY;
  let rarest: readonly string[] | undefined;
  for (const requirement of selector.requirements) {
    const pairs = pairsIn(namespace, requirement);
    if (pairs === undefined) continue;
    const count = pairs.reduce((sum, pair) => sum + lister.countByIndex(LABELS, pair), 0);
    if (count >= fewest) continue;
    fewest = count;
    rarest = pairs;
  }
  const objects = rarest?.flatMap((pair) => lister.byIndex(LABELS, pair)) ?? lister.list(namespace);
  return objects.filter(({ metadata }) => selector.matches(metadata.labels));
}

/** The objects of a namespace whose selectors may select something with these labels; they must still be asked. */
export type MaySelect<T> = (namespace: string | undefined, labels: Labels | undefined) => readonly T[];

/** Files objects by a pair that their selector asks for. */
export function indexBySelector<T extends KubeObject>(
  informer: Informer<T>,
  selectorOf: (object: T) => LabelSelector,
): MaySelect<T> {
  const { lister } = informer;
  const pairs = new LabelPairs([ANY]);
  informer.addIndex(SELECTORS, (object) => {
    const { namespace } = object.metadata;
    for (const requirement of selectorOf(object).requirements) {
      const pairs = pairsIn(namespace, requirement);
      if (pairs !== undefined) return pairs;
    }
    return [pair(namespace, ANY, ANY)];
  });
  return (namespace, labels) => {
    // Every change of a Pod comes by here, and most clusters have few selectors, or none.
    if (lister.size === 0) return NONE;
    const asked = pairs.of(namespace, labels ?? NO_LABELS).filter((each) => lister.countByIndex(SELECTORS, each) > 0);
    return asked.length === 0 ? NONE : asked.flatMap((each) => lister.byIndex(SELECTORS, each));
  };
}

/** The pairs of which an object must have one; undefined when the requirement is of another sort. */
function pairsIn(namespace: string | undefined, { key, operator, values }: LabelRequirement): string[] | undefined {
  if (operator !== 'in') return undefined;
  return [...new Set(values)].map((value) => pair(namespace, key, value));
}

function pair(namespace: string | undefined, key: string, value: string): string {
  return `${namespace ?? ''}|${key}=${value}`;
}
