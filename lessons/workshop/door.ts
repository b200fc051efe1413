import encodeQR from 'qr';
import { LTI } from './lti/logins.ts';

/** What is said where a workshop is started: the way in for everybody, and the one for the instructor alone. */
export function doorText(door: {
  readonly title: string;
  /** Whether it was begun before. */
  readonly resumed: boolean;
  /** e.g. `http://192.168.1.23:8080` */
  readonly address: string;
  readonly code: string;
  /** The board's link. */
  readonly board: string;
  /** Where else this machine is found, if the room is on another of its networks. */
  readonly otherAddresses?: readonly string[];
  /** What else is to be known, a sentence each. */
  readonly notes?: readonly string[];
}): string {
  const { title, resumed, address, code, board, otherAddresses = [], notes = [] } = door;
  return [
    '',
    `${title}${resumed ? ', where it was left' : ''}`,
    '',
    encodeQR(`${address}/workshop/#code=${code}`, 'ascii').trimEnd(),
    '',
    `  Join   ${address}/workshop/   with the code   ${code}`,
    ...(otherAddresses.length === 0
      ? []
      : [
          '         If that does not come up on a phone in the room, this machine is also at',
          ...otherAddresses.map((other) => `         ${other}/workshop/`),
        ]),
    `  Board  ${board}`,
    '         This link is yours alone. Ctrl-C stops; the same command goes on.',
    '',
    ...notes.map((note) => `  Note   ${note}\n`),
  ].join('\n');
}

/** What a platform's administrator enters there. @param address of the site */
export function ltiText(address: string): string {
  const line = (name: string, path: string) => `         ${name.padEnd(22)} ${address}${LTI}/${path}`;
  return [
    '  LTI 1.3, to be entered at the platform:',
    line('login', 'login'),
    line('redirect, target link', 'launch'),
    line('public keys', 'keys'),
    '',
  ].join('\n');
}
