import { expect } from 'vitest';
import { LTI } from '../lti/logins.ts';
import { ToolKeys } from '../lti/tool-keys.ts';
import { LtiTestPlatform, SCHOOL, TOOL } from './lti-platform.ts';
import { openRoom, type Room, START } from './room.ts';

export const LINE_ITEM = 'https://school.example/course/7/items/3';

const pairs = await LtiTestPlatform.newKeys();
export const keptToolKeys = await ToolKeys.generate();

/** A workshop that is a tool of a platform; both without a socket, and by one clock. */
export interface LtiRoom {
  readonly room: Room;
  readonly platform: LtiTestPlatform;
  /** What the terminal was told. */
  readonly complaints: readonly string[];
  /** How long it was waited before something was tried again, in milliseconds. */
  readonly waits: readonly number[];
}

export async function openLtiRoom(): Promise<LtiRoom> {
  const [complaints, waits]: [string[], number[]] = [[], []];
  const keys = await ToolKeys.open(keptToolKeys);
  const platform: LtiTestPlatform = await LtiTestPlatform.open(() => room?.now ?? START, pairs);
  const room: Room = await openRoom([], {
    lti: (now) => ({
      settings: { address: TOOL, platforms: [SCHOOL] },
      keys,
      world: {
        now,
        fetch: platform.fetch,
        wait: async (ms) => void waits.push(ms),
        complain: (text) => complaints.push(text),
      },
    }),
  });
  platform.toolKeys = (await (await room.fetch(`${LTI}/keys`)).json()) as LtiTestPlatform['toolKeys'];
  return { room, platform, complaints, waits };
}

/** Where the page that answers a launch leads. */
export async function onward(response: Promise<Response>): Promise<URLSearchParams> {
  const answer = await response;
  const text = await answer.text();
  expect([answer.status, text]).toEqual([200, text]);
  const [, fragment = ''] = /<a href="\/workshop\/#([^"]*)">/.exec(text) ?? [];
  return new URLSearchParams(fragment.replaceAll('&amp;', '&'));
}
