import { openKeeping, type RunKeeping } from '../../bench/keeping.ts';
import type { BenchSetup } from '../../bench/protocol.ts';
import type { JournalLink } from './journal-link.ts';
import type { MirrorKeeping } from './mirror-keeping.ts';
import { instructorKey, joinedSession, takeFragment } from './session.ts';

/** Where a page's bench stands: alone on this device, followed by a workshop, or a picture of somebody else's. */
export type Place =
  | { readonly kind: 'alone'; readonly open: () => Promise<RunKeeping> }
  | { readonly kind: 'followed'; readonly open: () => Promise<RunKeeping>; readonly link: Promise<JournalLink> }
  | {
      readonly kind: 'mirror';
      readonly open: () => Promise<RunKeeping>;
      readonly keeping: Promise<MirrorKeeping>;
      readonly personId: string;
      readonly key: string;
    };

/** The parts of a workshop are loaded only where there is one. */
export function placeOf(setup: BenchSetup): Place {
  const fragment = takeFragment();
  const key = instructorKey(fragment);
  const personId = fragment.get('mirror');
  if (personId !== null && key !== undefined) {
    const keeping = mirror(key, personId, fragment.get('bench') ?? setup.id);
    return { kind: 'mirror', open: () => keeping, keeping, personId, key };
  }
  const session = joinedSession();
  if (session === undefined) return { kind: 'alone', open: openKeeping };
  const link = follow(session.token, setup);
  return {
    kind: 'followed',
    link,
    async open() {
      const { FollowedKeeping } = await import('./followed-keeping.ts');
      return new FollowedKeeping(await openKeeping(), await link);
    },
  };
}

async function mirror(key: string, personId: string, benchId: string): Promise<MirrorKeeping> {
  const [{ MirrorKeeping }, { WorkshopApi }, { apiBase }] = await Promise.all([
    import('./mirror-keeping.ts'),
    import('./api.ts'),
    import('./addresses.ts'),
  ]);
  return new MirrorKeeping(new WorkshopApi(apiBase('board'), key), personId, benchId);
}

async function follow(token: string, setup: BenchSetup): Promise<JournalLink> {
  const [{ JournalLink }, { WorkshopApi }, { apiBase }] = await Promise.all([
    import('./journal-link.ts'),
    import('./api.ts'),
    import('./addresses.ts'),
  ]);
  return new JournalLink(new WorkshopApi(apiBase('me'), token), setup);
}
