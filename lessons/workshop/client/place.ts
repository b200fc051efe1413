import { openKeeping, type RunKeeping } from '../../bench/keeping.ts';
import type { BenchSetup } from '../../bench/protocol.ts';
import type { JournalLink } from './journal-link.ts';
import type { MirrorKeeping } from './mirror-keeping.ts';
import { instructorKey, joinedSession, takeFragment } from './session.ts';

/** Where a page's bench stands: alone on this device, followed by a workshop, or a picture of somebody else's. */
export interface Place {
  readonly kind: 'alone' | 'followed' | 'mirror';
  readonly open: () => Promise<RunKeeping>;
  /** Under what name this device knows it. */
  readonly keptAs: string;
  /** Whether a link to this page leads others to it. */
  readonly shares: boolean;
  /** Puts above the bench what a workshop has to say. */
  readonly showBar?: (bench: Element) => Promise<void>;
}

/** The parts of a workshop are loaded only where there is one. */
export function placeOf(setup: BenchSetup): Place {
  const fragment = takeFragment();
  const key = instructorKey(fragment);
  const personId = fragment.get('mirror');
  if (personId !== null && key !== undefined) {
    const keeping = mirror(key, personId, fragment.get('bench') ?? setup.id);
    return {
      kind: 'mirror',
      open: () => keeping,
      keptAs: `mirror/${personId}/${setup.id}`,
      shares: true,
      async showBar(bench) {
        const { MirrorBar } = await import('../elements/bars.ts');
        const bar = new MirrorBar();
        bench.before(bar);
        await bar.show(await keeping, personId, key);
      },
    };
  }
  const session = joinedSession();
  if (session === undefined) return { kind: 'alone', open: openKeeping, keptAs: setup.id, shares: true };
  const link = follow(session.token, setup);
  return {
    kind: 'followed',
    keptAs: setup.id,
    shares: true,
    async showBar(bench) {
      const { WorkshopBar } = await import('../elements/bars.ts');
      const bar = new WorkshopBar();
      bench.before(bar);
      bar.follow(await link);
    },
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
