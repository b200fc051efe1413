import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { play, tellsTheSame } from './transcript.ts';

// The Pod rows of the syllabus at the keyboard, as a user of Kubernetes sees them.

const ROWS = new URL('./rows/', import.meta.url);

test.for(readdirSync(ROWS).sort())('%s', async (name) => {
  const file = new URL(name, ROWS);
  const kept = readFileSync(file, 'utf8');
  const shown = play(kept);
  await expect(tellsTheSame(shown, kept) ? kept : shown).toMatchFileSnapshot(file.pathname);
});
