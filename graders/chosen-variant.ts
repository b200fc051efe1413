/** The variant for a learner: the same name always gets the same one, and names spread evenly. */
export function variantFor(seed: string, count: number): number {
  let hash = 2_166_136_261;
  for (const character of seed) hash = Math.imul(hash ^ character.codePointAt(0)!, 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) % count;
}
