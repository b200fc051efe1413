import { describe, expect, test } from 'vitest';
import { CASES } from './testing/corpus.ts';
import { decision } from './testing/decision.ts';
import { generateCases } from './testing/generate.ts';
import { askBoth, installedNginx } from './testing/servers.ts';

// What this nginx answers is what Debian's answers to the same requests under the same configuration. Where none is
// installed the tests are skipped: `apt-get install nginx`.

const nginx = installedNginx();
if (nginx === undefined) console.warn('skipped: no nginx is installed to be compared with (apt-get install nginx)');

describe.skipIf(nginx === undefined)('as the nginx that is installed', () => {
  const check = async (cases: typeof CASES) => {
    const { ours, theirs: real } = await askBoth(nginx!, cases);
    const different = cases.flatMap(({ name, requests }, index) =>
      requests.flatMap((request, at) => {
        const [own, theirs] = [decision(ours[index]![at]!), decision(real[index]![at]!)];
        return own === theirs ? [] : [{ name, request: request.slice(0, 300), own, theirs }];
      }),
    );
    expect(different).toEqual([]);
  };

  test('configurations that were written for it', () => check(CASES));

  test('configurations that were generated', () => check(generateCases('nginx', 60)));
});
